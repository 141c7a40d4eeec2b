import { afterAll, expect, test } from "vitest";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { importNet } from "../engine/import.ts";
import { smallNet } from "../jobs/testing/net.ts";
import { openObjective } from "./objective.ts";
import { canvasOf, fromCanvas, type Losses, type OptimizationOptions, optimize } from "./optimize.ts";
import { openPatchDistribution } from "./patch-distribution.ts";
import { openPyramid } from "./pyramid.ts";
import { openStatistics } from "./statistics.ts";
import { pictureFrom, striped } from "./testing/pictures.ts";

const net = importNet(smallNet());
const WEIGHTS = { content: 0.2, style: 1 };
const LAYERS = { fine: 1, coarse: 1 };
const start = canvasOf(striped(30, 22, 13));
const painting = striped(48, 48, 5);

const reader = await openStatistics(net, painting, Object.keys(LAYERS), {});
const style = await reader.read(painting);
await reader.release();
const lossSettings = {
  contentWeight: WEIGHTS.content,
  styleWeight: WEIGHTS.style,
  contentLayer: "coarse",
  styleLayers: LAYERS,
  statistics: "moments",
  smoothness: 1,
} as const;
const objective = await openObjective(net, lossSettings, style, start, undefined, {});
const pyramid = await openPyramid(start.width, start.height, {});
const distribution = await openPatchDistribution([{ picture: painting, weight: 1 }], start, randomNumbers(1), {});
afterAll(async () => {
  for (const held of [objective, pyramid, distribution]) await held.release();
});

async function run(of: Partial<OptimizationOptions>): Promise<{ reached: Picture; losses: Losses[] }> {
  const losses: Losses[] = [];
  const reached = await optimize(start, {
    objective,
    pyramid,
    weights: WEIGHTS,
    optimizer: "adam",
    learningRate: 0.03,
    steps: { begin: 0, first: 0, last: 24 },
    random: randomNumbers(1),
    onStep: (step) => {
      losses.push(step);
    },
    ...of,
  });
  return { reached, losses };
}
const patches = { distribution, weight: 4 };
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("a canvas has a mirrored border and gives back its picture", () => {
  const picture = striped(30, 22, 13);
  expect(fromCanvas(start)).toEqual(picture);
  expect(start.data[16 * start.width + 15]).toBe(picture.data[1]);
});

test.each([
  { optimizer: "adam", with: "the net only" },
  { optimizer: "adam", with: "the net and patches", patches },
  { optimizer: "lbfgs", with: "the net only" },
  { optimizer: "lbfgs", with: "the net and patches", patches },
] as const)("$optimizer lowers J with $with and reports each step once", async ({ optimizer, ...of }) => {
  const { losses, reached } = await run({ optimizer, ...("patches" in of && { patches: of.patches }) });
  expect(losses.map(({ step }) => step)).toEqual(numbers(1, 24));
  expect(losses.at(-1)!.loss).toBeLessThan(0.75 * losses[0]!.loss);
  expect(losses.at(-1)!.style).toBeLessThan(losses[0]!.style);
  for (const { loss, style: s, content, patches: p } of losses) {
    expect(p !== undefined).toBe("patches" in of);
    // The rest is the roughness and the range penalty.
    expect(loss).toBeGreaterThan(WEIGHTS.style * s + WEIGHTS.content * content + patches.weight * (p ?? 0));
  }
  expect(reached.data.every((v) => v >= 0 && v <= 1)).toBe(true);
});

test("L-BFGS never increases the loss, because every evaluation uses the same shift and directions", async () => {
  const { losses } = await run({ optimizer: "lbfgs", patches });
  for (const [i, { loss }] of losses.slice(1).entries()) expect(loss).toBeLessThan(losses[i]!.loss);
});

test.each(["adam", "lbfgs"] as const)("%s stops at the next step with the abort reason", async (optimizer) => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const losses: Losses[] = [];
  const stopped = run({
    optimizer,
    signal: stop.signal,
    onStep(step) {
      losses.push(step);
      if (step.step === 3) stop.abort(reason);
    },
  });
  await expect(stopped).rejects.toBe(reason);
  expect(losses.map(({ step }) => step)).toEqual([1, 2, 3]);
});

test("an abort from a timer takes effect between steps", async () => {
  let reportedSteps = 0;
  const stop = new AbortController();
  const stopped = run({
    signal: stop.signal,
    steps: { begin: 0, first: 0, last: 100_000 },
    onStep: () => void reportedSteps++,
  });
  setTimeout(() => stop.abort("elsewhere"), 30);
  await expect(stopped).rejects.toBe("elsewhere");
  expect(reportedSteps).toBeGreaterThan(0);
});

test("a diverged loss throws with its step, and that step is not reported", async () => {
  const losses: Losses[] = [];
  const diverged = run({ learningRate: 1e30, onStep: (step) => void losses.push(step) });
  await expect(diverged).rejects.toMatchObject({
    name: "DivergedError",
    step: 2,
    message: /step 2.*smaller learning rate/,
  });
  expect(losses.map(({ step }) => step)).toEqual([1]);
});

test.each(["adam", "lbfgs"] as const)("%s resumes with the step after the last one", async (optimizer) => {
  const { losses } = await run({ optimizer, steps: { begin: 0, first: 20, last: 24 } });
  expect(losses.map(({ step }) => step)).toEqual(numbers(21, 24));
});

test("the learning rate continues its decay after a resume", async () => {
  const moved = async (first: number) => {
    const { reached } = await run({ steps: { begin: 0, first, last: first + 1 < 100 ? 100 : first + 1 } });
    return reached;
  };
  const [early, late] = [await moved(40), await moved(95)];
  expect(distance(late, start)).toBeLessThan(0.2 * distance(early, start));
});

test.each(["adam", "lbfgs"] as const)(
  "%s awaits the step callback, which can render the picture",
  async (optimizer) => {
    let activeCallbacks = 0;
    const seen: Picture[] = [];
    const { reached } = await run({
      optimizer,
      steps: { begin: 0, first: 0, last: 3 },
      async onStep(_, picture) {
        expect(activeCallbacks++).toBe(0);
        await new Promise((later) => setTimeout(later, 5));
        seen.push(await picture());
        activeCallbacks--;
      },
    });
    expect(activeCallbacks).toBe(0);
    expect(seen).toHaveLength(3);
    expect(seen[0]).toMatchObject({ width: 30, height: 22 });
    expect(distance(seen.at(-1)!, fromCanvas(reached))).toBe(0);
    expect(distance(seen[0]!, seen[1]!)).toBeGreaterThan(0);
  },
);

test("a picture outside [0, 1] is pulled back into the range", async () => {
  const bright = pictureFrom(start.width, start.height, () => 1.5);
  const losses: number[] = [];
  const reached = await optimize(bright, {
    objective: {
      ...objective,
      evaluate: async ({ data }) => ({ style: 0, content: 0, rough: 0, dx: data.map(() => 0) }),
    },
    pyramid,
    weights: WEIGHTS,
    optimizer: "lbfgs",
    learningRate: 1,
    steps: { begin: 0, first: 0, last: 10 },
    random: randomNumbers(1),
    onStep: ({ loss }) => void losses.push(loss),
  });
  // An excess of 0.5 everywhere costs a quarter of the penalty's weight. Inside the range there is no cost.
  expect(losses[0]!).toBeGreaterThan(100 * losses.at(-1)!);
  expect(losses.at(-1)).toBeLessThan(1e-3);
  expect(reached.data.every((v) => v >= 0 && v <= 1)).toBe(true);
});

const distance = (a: Picture, b: Picture): number => Math.hypot(...a.data.map((v, i) => v - b.data[i]!));
