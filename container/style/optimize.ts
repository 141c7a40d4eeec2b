import { crop, reflectPad } from "../../imaging/border.ts";
import { clamped } from "../../imaging/color.ts";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { createAdam } from "../engine/adam.ts";
import { throwIfDiverged } from "../engine/diverged.ts";
import { lbfgs } from "../engine/lbfgs.ts";
import { cosineSchedule } from "../engine/schedule.ts";
import type { Objective } from "./objective.ts";
import type { PatchDistribution } from "./patch-distribution.ts";
import type { Pyramid } from "./pyramid.ts";
import { SHIFTS } from "./windows.ts";

/**
 * The mirrored border around the picture during optimization, in pixels. It is cropped at the end, with the artifacts
 * that grow at edges.
 */
export const BORDER = 16;

/** The picture with its border. The optimization works on this canvas. */
export const canvasOf = (picture: Picture): Picture => reflectPad(picture, BORDER);
export const fromCanvas = (canvas: Picture): Picture =>
  crop(canvas, BORDER, BORDER, canvas.width - 2 * BORDER, canvas.height - 2 * BORDER);

/** J at a step, and its parts, each relative (see `LossSettings`). */
export interface Losses {
  step: number;
  loss: number;
  style: number;
  content: number;
  /** The distance between the patch distributions, if the recipe uses it. */
  patches?: number;
}

/** Called and awaited after each step. `picture` renders the current picture, which costs a few percent of a step. */
export type OnStep = (losses: Losses, picture: () => Promise<Picture>) => void | Promise<void>;

export interface OptimizationOptions {
  objective: Objective;
  pyramid: Pyramid;
  patches?: { distribution: PatchDistribution; weight: number };
  weights: { content: number; style: number };
  optimizer: "adam" | "lbfgs";
  learningRate: number;
  /** Steps `first` + 1 to `last` are taken. The rate decays from `begin`, also after a resume. */
  steps: { begin: number; first: number; last: number };
  random: () => number;
  signal?: AbortSignal;
  onStep?: OnStep;
}

/**
 * Optimizes a canvas and returns the result in [0, 1]. Throws `DivergedError`, or the signal's reason if it is aborted.
 */
export async function optimize(start: Picture, options: OptimizationOptions): Promise<Picture> {
  const { pyramid, optimizer } = options;
  const z = pyramid.decompose(start);
  return clamped(
    await pyramid.reconstruct(
      optimizer === "adam" ? await optimizeWithAdam(z, options) : await optimizeWithLbfgs(z, options),
    ),
  );
}

async function optimizeWithAdam(z: Float32Array, options: OptimizationOptions): Promise<Float32Array> {
  const { pyramid, learningRate } = options;
  const { begin, first, last } = options.steps;
  const schedule = cosineSchedule({ rate: learningRate, steps: last - begin });
  const adam = createAdam(pyramid.size, { learningRate: (step) => schedule(step + first - begin) });
  for (let step = first + 1; step <= last; step++) {
    const { losses, dz } = await evaluate(z, step, options);
    throwIfDiverged(step, losses.loss);
    adam.step(z, dz);
    await reportStep(losses, z, options);
  }
  return z;
}

async function optimizeWithLbfgs(z: Float32Array, options: OptimizationOptions): Promise<Float32Array> {
  const { first, last } = options.steps;
  const directionSeed = Math.floor(2 ** 32 * options.random());
  const lossesByPoint = new WeakMap<Float32Array, Losses>();
  const result = await lbfgs(
    async (point) => {
      // A line search compares losses, so it needs the same function at each evaluation: no shift, and the same random
      // directions.
      const { losses, dz } = await evaluate(point, 0, { ...options, random: randomNumbers(directionSeed) });
      lossesByPoint.set(point, losses);
      await yieldToEventLoop(options.signal);
      return { loss: losses.loss, gradient: dz };
    },
    z,
    {
      steps: last - first,
      onStep: (step, _, at) =>
        options.onStep?.({ ...lossesByPoint.get(at)!, step: step + first }, () => render(at, options)),
    },
  );
  return result.x;
}

async function evaluate(
  z: Float32Array,
  step: number,
  options: OptimizationOptions,
): Promise<{ losses: Losses; dz: Float32Array }> {
  const { objective, pyramid, patches, weights, random } = options;
  const x = await pyramid.reconstruct(z);
  const { style, content, rough, dx } = await objective.evaluate(x, step % SHIFTS.length);
  let loss = weights.style * style + weights.content * content + rough + addRangePenalty(x.data, dx);
  const losses: Losses = { step, loss, style, content };
  if (patches) {
    const comparison = await patches.distribution.compare(x, random);
    for (let i = 0; i < dx.length; i++) dx[i]! += patches.weight * comparison.dx[i]!;
    losses.patches = comparison.loss;
    loss += patches.weight * comparison.loss;
  }
  return { losses: { ...losses, loss }, dz: await pyramid.gradient(dx) };
}

/** The weight of the penalty for leaving [0, 1]: it multiplies the mean squared excess. */
const RANGE_WEIGHT = 30;

/** Adds the penalty's gradient to dx and returns the penalty. */
function addRangePenalty(x: Float32Array, dx: Float32Array): number {
  const share = RANGE_WEIGHT / x.length;
  let loss = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    const excess = value < 0 ? value : value > 1 ? value - 1 : 0;
    if (excess === 0) continue;
    loss += share * excess * excess;
    dx[i]! += 2 * share * excess;
  }
  return loss;
}

const render = async (z: Float32Array, { pyramid }: OptimizationOptions): Promise<Picture> =>
  fromCanvas(clamped(await pyramid.reconstruct(z)));

async function reportStep(losses: Losses, z: Float32Array, options: OptimizationOptions): Promise<void> {
  await options.onStep?.(losses, () => render(z, options));
  await yieldToEventLoop(options.signal);
}

/**
 * Running a graph blocks the event loop. This lets messages, signals and timers run, then throws if the signal is
 * aborted.
 */
async function yieldToEventLoop(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resume) => setImmediate(resume));
  signal?.throwIfAborted();
}
