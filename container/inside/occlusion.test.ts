import { expect, test } from "vitest";
import { floats, type Model, node } from "../../models/importer/onnx.ts";
import { modelOf } from "../../models/importer/testing/model.ts";
import type { FloatTensor } from "../engine/run.ts";
import { openLayerRunner } from "./layer-runner.ts";
import { activationScore, distanceScore, occlude } from "./occlusion.ts";

const WIDTH = 20;
const HEIGHT = 12;
const OPTIONS = { square: 4, step: 2, gray: [0.5, 0.5, 0.5] };

test("the score changes only where the square covers what activates the unit", async () => {
  const runner = await openLayerRunner(netOf(), "units");
  // Red only at (5, 13). The rest has the gray of the square.
  const picture = gray();
  picture.data[5 * WIDTH + 13] = 1;
  const { before, changes, heat } = await occlude(runner, picture, activationScore(0, "max"), OPTIONS);
  expect(before).toBe(1);
  for (const { left, top, change } of changes) {
    const covers = left <= 13 && 13 < left + 4 && top <= 5 && 5 < top + 4;
    expect(change).toBeCloseTo(covers ? -0.5 : 0, 6);
  }
  const lowest = heat.indexOf(Math.min(...heat));
  expect(Math.abs((lowest % WIDTH) - 13)).toBeLessThanOrEqual(1);
  expect(Math.abs(Math.floor(lowest / WIDTH) - 5)).toBeLessThanOrEqual(1);
  expect(heat[0]).toBe(0);
  await runner.release();
});

test("the squares cover every pixel, and a picture smaller than a square is covered completely", async () => {
  const runner = await openLayerRunner(netOf(), "units");
  const { changes, heat } = await occlude(runner, gray(), activationScore(0, "mean"), {
    ...OPTIONS,
    square: 5,
    step: 4,
  });
  expect(new Set(changes.map(({ left }) => left))).toEqual(new Set([0, 4, 8, 11, 15]));
  expect(Math.max(...changes.map(({ top }) => top))).toBe(HEIGHT - 5);
  expect(heat.every(Number.isFinite)).toBe(true);
  const small = await occlude(runner, gray(), activationScore(0, "mean"), { ...OPTIONS, square: 50 });
  expect(small.changes).toEqual([{ left: 0, top: 0, change: 0 }]);
  await runner.release();
});

test("the activation can be limited to a region", () => {
  const values: FloatTensor = { shape: [2, 1, 2, 3], data: Float32Array.of(9, 1, 2, 8, 3, 4, 7, 5, 6, 9, 0, 1) };
  const right = () => ({ rows: { first: 0, last: 1 }, columns: { first: 1, last: 2 } });
  expect(activationScore(0, "max")(values)).toEqual([9, 9]);
  expect(activationScore(0, "max", right)(values)).toEqual([4, 6]);
  expect(activationScore(0, "mean", right)(values)).toEqual([2.5, 3]);
});

test("the distance depends only on the direction of the embedding", async () => {
  const reference: FloatTensor = { shape: [1, 2], data: Float32Array.of(3, 0) };
  const score = distanceScore(reference);
  expect(score({ shape: [4, 2], data: Float32Array.of(1, 0, 0, 5, -2, 0, 1, 1) })).toEqual([
    0,
    2,
    4,
    expect.closeTo(2 - Math.SQRT2, 6),
  ]);
});

test("a net with a fixed batch size of three gives the same result", async () => {
  const [free, fixed] = await Promise.all([openLayerRunner(netOf(), "units"), openLayerRunner(netOf(3), "units")]);
  const picture = gray();
  picture.data[5 * WIDTH + 13] = 1;
  const flexible = await occlude(free, picture, activationScore(0, "max"), { ...OPTIONS, batch: 5 });
  const progress: number[] = [];
  const three = await occlude(fixed, picture, activationScore(0, "max"), {
    ...OPTIONS,
    progress: (done) => progress.push(done),
  });
  expect(three).toEqual(flexible);
  expect(progress.at(-1)).toBe(flexible.changes.length);
  await Promise.all([free.release(), fixed.release()]);
});

test("an unknown unit is rejected with the range of units", async () => {
  const runner = await openLayerRunner(netOf(), "units");
  await expect(occlude(runner, gray(), activationScore(3, "max"), OPTIONS)).rejects.toThrow("Its units are 0 to 2");
  await runner.release();
});

function gray(): FloatTensor {
  return { shape: [1, 3, HEIGHT, WIDTH], data: new Float32Array(3 * HEIGHT * WIDTH).fill(0.5) };
}

/** A net whose three units are the picture's channels. */
function netOf(batch: number | string = "N"): Model {
  const kernel = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  return modelOf({
    nodes: [node("Conv", ["x", "kernel"], "units", { kernel_shape: [1n, 1n] })],
    initializers: [floats("kernel", [3, 3, 1, 1], kernel)],
    shape: [batch, 3, HEIGHT, WIDTH],
  });
}
