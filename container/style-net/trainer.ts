import { colourStatistics } from "../../imaging/colour.ts";
import { prepared } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { createAdam } from "../engine/adam.ts";
import { add, multiply } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { refuseDiverged } from "../engine/diverged.ts";
import { gradient } from "../engine/gradient.ts";
import type { ImportedNet } from "../engine/import.ts";
import { total } from "../engine/reduction.ts";
import { type Numbers, open, type SessionOptions } from "../engine/run.ts";
import { input, sizeOf } from "../engine/value.ts";
import { openPatchDistribution } from "../style/patch-distribution.ts";
import { type Architecture, paint } from "./architecture.ts";
import { differentiableNet } from "./differentiable.ts";
import { initialParameters } from "./kernels.ts";
import { type LossWeights, lossOf, readTargets } from "./loss.ts";
import { drawBatch, scalesOf } from "./photographs.ts";

export interface TrainingSettings {
  readonly architecture: Architecture;
  readonly weights: LossWeights;
  readonly steps: number;
  /** Side of the crops, in pixels, and how many of them a step looks at. */
  readonly size: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Strokes are as large as the painting's when it is as large as a picture of this short side, in pixels. */
  readonly strokes: number;
  /** Deviation of the noise that is laid over photographs (`imaging/grain.ts`): of what to make strokes where nothing is. */
  readonly grain: number;
  readonly seed: number;
}

export interface Losses {
  /** 1 is the first. */
  readonly step: number;
  readonly loss: number;
  readonly style: number;
  readonly content: number;
  readonly patches: number;
}

/** All that a training is between two steps. With the same settings it goes on from it as though nothing had happened. */
export interface TrainingState {
  readonly step: number;
  /** By name. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** Adam's running means of the gradients and of their squares, in the order of the parameters. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

export interface Trainer {
  readonly settings: TrainingSettings;
  /** Steps taken so far. */
  readonly step: number;
  /** Decides anew how many steps there will be; during the warm-up that is as though it had been known from the first. */
  plan(steps: number): void;
  /** Takes the next one. Throws `DivergedError` and changes nothing when the loss is no number. */
  next(): Promise<Losses>;
  /** A copy. */
  save(): TrainingState;
  release(): Promise<void>;
}

/** A gradient longer than this is shortened to it, so that one odd crop does not undo a hundred steps. Pascanu et al. 2013. */
const LONGEST_GRADIENT = 5;

/** Prepares a training, from its beginning or from a state that was saved. */
export async function openTrainer(
  { net, painting, photographs }: { net: ImportedNet; painting: Picture; photographs: readonly Picture[] },
  settings: TrainingSettings,
  { from, ...options }: SessionOptions & { from?: TrainingState } = {},
): Promise<Trainer> {
  const { architecture, weights, size, batch, seed } = settings;
  const style = prepared([{ picture: painting, weight: 1 }], settings.strokes)[0]!.picture;
  const colours = colourStatistics(painting);
  const scales = photographs.map((photograph) => scalesOf(photograph, colours, size));
  const patches = await openPatchDistribution(
    [{ picture: style, weight: 1 }],
    { width: size, height: size },
    randomNumbers(seed),
    options,
  );

  const { parameters, operators } = differentiableNet(architecture);
  const x = input("grained", [batch, 3, size, size]);
  const photographed = input("plain", x.shape);
  const y = paint(x, architecture, operators);
  const painter = await open(build({ y }), options);
  const slope = input("slope", y.shape);
  const terms = lossOf(y, photographed, net, await readTargets(net, style, options), weights);
  // What the patches' distance says of y comes from outside the graph: y·slope has that gradient.
  const slopes = gradient(add(terms.loss, total(multiply(y, slope))), [...parameters.values()]);
  const named = Object.fromEntries([...parameters.keys()].map((name, i) => [`d ${name}`, slopes[i]!]));
  const session = await open(build({ ...terms, ...named }), options);

  const flat = new Float32Array([...parameters.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  const initial = from?.parameters ?? initialParameters(architecture, randomNumbers(seed));
  const views: Record<string, Numbers> = {};
  let end = 0;
  for (const [name, { shape }] of parameters) {
    const data = flat.subarray(end, end + sizeOf(shape));
    data.set(initial.get(name)!);
    views[name] = { shape, data };
    end += data.length;
  }
  let planned = settings.steps;
  const adam = createAdam(flat.length, { learningRate: (step) => rateOf(step, { ...settings, steps: planned }) });
  if (from) adam.load({ steps: from.step, mean: from.mean, square: from.square });

  return {
    get settings() {
      return { ...settings, steps: planned };
    },
    get step() {
      return adam.steps;
    },
    plan(steps) {
      if (adam.steps > WARM_UP) throw new Error(`After step ${WARM_UP} it is too late to plan ${steps} steps.`);
      planned = steps;
    },
    async next() {
      const random = randomOf(seed, adam.steps + 1);
      const crops = drawBatch(scales, { count: batch, size, grain: settings.grain }, random);
      const { y: painted } = await painter.run({ ...views, grained: crops.grained });
      const pushed = await pushOf(painted!.data, random);
      const {
        loss,
        style: styleTerm,
        content,
        ...found
      } = await session.run({
        ...views,
        ...crops,
        slope: { shape: y.shape, data: pushed.slope },
      });
      const losses = {
        step: adam.steps + 1,
        loss: loss!.data[0]! + weights.patches * pushed.distance,
        style: styleTerm!.data[0]!,
        content: content!.data[0]!,
        patches: pushed.distance,
      };
      refuseDiverged(losses.step, losses.loss);
      const whole = new Float32Array(flat.length);
      let at = 0;
      for (const name of parameters.keys()) {
        const { data } = found[`d ${name}`]!;
        whole.set(data, at);
        at += data.length;
      }
      adam.step(flat, shortened(whole));
      return losses;
    },
    save() {
      const { steps, mean, square } = adam.save();
      const copies = [...parameters.keys()].map((name) => [name, views[name]!.data.slice()] as const);
      return { step: steps, parameters: new Map(copies), mean, square };
    },
    async release() {
      await Promise.all([patches.release(), painter.release(), session.release()]);
    },
  };

  /** How far the pictures' patches are from the painting's, and how each pixel should change. */
  async function pushOf(painted: Float32Array, random: () => number) {
    const slopeOf = new Float32Array(painted.length);
    let distance = 0;
    for (let i = 0, pixels = 3 * size * size; i < batch; i++) {
      const data = painted.subarray(i * pixels, (i + 1) * pixels);
      const { loss, dx } = await patches.compare({ width: size, height: size, data }, random);
      distance += loss / batch;
      for (let j = 0; j < pixels; j++) slopeOf[i * pixels + j] = (weights.patches / batch) * dx[j]!;
    }
    return { distance, slope: slopeOf };
  }
}

/** Each step's own random numbers: a training that goes on after an interruption draws what it would have drawn. */
const randomOf = (seed: number, step: number): (() => number) =>
  randomNumbers(Math.imul(seed, 0x9e3779b1) ^ Math.imul(step, 0x85ebca6b));

/** Steps until the learning rate is whole. Until then it does not depend on how many there will be. */
export const WARM_UP = 30;
/** What is left of it at the end. */
const FLOOR = 0.02;

/** A rise in a line, then half a cosine down to the last step (Loshchilov and Hutter 2017, eq. 5). */
function rateOf(step: number, { learningRate, steps }: TrainingSettings): number {
  if (step <= WARM_UP) return (learningRate * step) / WARM_UP;
  const share = Math.min(1, (step - WARM_UP) / Math.max(1, steps - WARM_UP));
  return learningRate * (FLOOR + (1 - FLOOR) * 0.5 * (1 + Math.cos(Math.PI * share)));
}

function shortened(slopes: Float32Array): Float32Array {
  const length = Math.sqrt(slopes.reduce((sum, v) => sum + v * v, 0));
  return length > LONGEST_GRADIENT ? slopes.map((v) => (v * LONGEST_GRADIENT) / length) : slopes;
}
