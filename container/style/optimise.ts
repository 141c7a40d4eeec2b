import { crop, reflectPad } from "../../imaging/border.ts";
import { clamped } from "../../imaging/colour.ts";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { createAdam } from "../engine/adam.ts";
import { refuseDiverged } from "../engine/diverged.ts";
import { lbfgs } from "../engine/lbfgs.ts";
import { cosine } from "../engine/schedule.ts";
import type { Objective } from "./objective.ts";
import type { PatchDistribution } from "./patch-distribution.ts";
import type { Pyramid } from "./pyramid.ts";
import { SHIFTS } from "./windows.ts";

/** Pixels of mirrored border around the picture while it is optimised; cut off after, and with it what grows at edges. */
export const BORDER = 16;

/** The picture with its border, on which everything is reckoned. */
export const canvasOf = (picture: Picture): Picture => reflectPad(picture, BORDER);
export const fromCanvas = (canvas: Picture): Picture =>
  crop(canvas, BORDER, BORDER, canvas.width - 2 * BORDER, canvas.height - 2 * BORDER);

/** The parts of J at a step, each relative (see `Aims`), and J itself. */
export interface Losses {
  step: number;
  loss: number;
  style: number;
  content: number;
  /** Distance of the patches' distributions, where the recipe looks at it. */
  patches?: number;
}

/** Told after each step. `picture` renders what is there, which costs as much as a few percent of a step. */
export type OnStep = (losses: Losses, picture: () => Promise<Picture>) => void | Promise<void>;

export interface Descent {
  objective: Objective;
  pyramid: Pyramid;
  patches?: { distribution: PatchDistribution; weight: number };
  weights: { content: number; style: number };
  optimizer: "adam" | "lbfgs";
  learningRate: number;
  /** Steps `first` + 1 to `last` are taken; the rate falls from `begin` on, which an interrupted attempt has behind it. */
  steps: { begin: number; first: number; last: number };
  random: () => number;
  signal?: AbortSignal;
  onStep?: OnStep;
}

/** Gradient descent from a canvas; gives the canvas that was reached, in [0, 1]. Throws `DivergedError`, or the signal's reason. */
export async function optimise(start: Picture, descent: Descent): Promise<Picture> {
  const { pyramid, optimizer } = descent;
  const z = pyramid.of(start);
  return clamped(await pyramid.picture(optimizer === "adam" ? await byAdam(z, descent) : await byLbfgs(z, descent)));
}

async function byAdam(z: Float32Array, descent: Descent): Promise<Float32Array> {
  const { pyramid, learningRate } = descent;
  const { begin, first, last } = descent.steps;
  const schedule = cosine({ rate: learningRate, steps: last - begin });
  const adam = createAdam(pyramid.size, { learningRate: (step) => schedule(step + first - begin) });
  for (let step = first + 1; step <= last; step++) {
    const { losses, dz } = await evaluate(z, step, descent);
    refuseDiverged(step, losses.loss);
    adam.step(z, dz);
    await told(losses, z, descent);
  }
  return z;
}

async function byLbfgs(z: Float32Array, descent: Descent): Promise<Float32Array> {
  const { first, last } = descent.steps;
  const drawn = Math.floor(2 ** 32 * descent.random());
  const known = new WeakMap<Float32Array, Losses>();
  const result = await lbfgs(
    async (at) => {
      // A line search compares losses: it must see the same function each time, unshifted and along the same directions.
      const { losses, dz } = await evaluate(at, 0, { ...descent, random: randomNumbers(drawn) });
      known.set(at, losses);
      await interrupted(descent.signal);
      return { loss: losses.loss, gradient: dz };
    },
    z,
    {
      steps: last - first,
      onStep: (step, _, at) => descent.onStep?.({ ...known.get(at)!, step: step + first }, () => rendered(at, descent)),
    },
  );
  return result.x;
}

async function evaluate(
  z: Float32Array,
  step: number,
  descent: Descent,
): Promise<{ losses: Losses; dz: Float32Array }> {
  const { objective, pyramid, patches, weights, random } = descent;
  const x = await pyramid.picture(z);
  const { style, content, rough, dx } = await objective.evaluate(x, step % SHIFTS.length);
  let loss = weights.style * style + weights.content * content + rough + stayInRange(x.data, dx);
  const losses: Losses = { step, loss, style, content };
  if (patches) {
    const compared = await patches.distribution.compare(x, random);
    for (let i = 0; i < dx.length; i++) dx[i]! += patches.weight * compared.dx[i]!;
    losses.patches = compared.loss;
    loss += patches.weight * compared.loss;
  }
  return { losses: { ...losses, loss }, dz: await pyramid.gradient(dx) };
}

/** How dear it is to leave [0, 1]: times the mean square of how far. */
const RANGE_WEIGHT = 30;

/** Adds the slope to dx, and gives the loss. */
function stayInRange(x: Float32Array, dx: Float32Array): number {
  const share = RANGE_WEIGHT / x.length;
  let loss = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    const over = value < 0 ? value : value > 1 ? value - 1 : 0;
    if (over === 0) continue;
    loss += share * over * over;
    dx[i]! += 2 * share * over;
  }
  return loss;
}

const rendered = async (z: Float32Array, { pyramid }: Descent): Promise<Picture> =>
  fromCanvas(clamped(await pyramid.picture(z)));

async function told(losses: Losses, z: Float32Array, descent: Descent): Promise<void> {
  await descent.onStep?.(losses, () => rendered(z, descent));
  await interrupted(descent.signal);
}

/** A run of a graph does not let the event loop turn: messages, signals and timers have their turn here. */
async function interrupted(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((turned) => setImmediate(turned));
  signal?.throwIfAborted();
}
