import { afterAll, expect, test } from "vitest";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { matchRanks, openPatchDistribution } from "./patch-distribution.ts";
import { dot, flat, noise, striped } from "./testing/pictures.ts";

const QUANTILES = 256;
const quantilesOf = (values: Float32Array): Float32Array => {
  const sorted = values.toSorted();
  return Float32Array.from(
    { length: QUANTILES },
    (_, q) => sorted[Math.round((q / (QUANTILES - 1)) * (sorted.length - 1))]!,
  );
};
/** Approximately normal numbers with mean 0 and variance 1. */
const normalNumbers = (length: number, seed: number): Float32Array => {
  const random = randomNumbers(seed);
  return Float32Array.from({ length }, () => 2 * (random() + random() + random() - 1.5));
};

test.each([2000, 30_000])("the targets of %i responses match the quantiles found by sorting", (length) => {
  const y = normalNumbers(length, 1);
  const quantiles = quantilesOf(normalNumbers(5000, 2).map((v) => 3 + Math.exp(0.7 * v)));
  const slope = new Float32Array(length);
  const share = 1 / length;
  const loss = matchRanks(y, quantiles, share, slope);

  const order = Array.from(y.keys()).sort((p, q) => y[p]! - y[q]!);
  let [expected, apart] = [0, 0];
  order.forEach((i, rank) => {
    const at = (rank / length) * (QUANTILES - 1);
    const first = Math.min(QUANTILES - 2, Math.floor(at));
    const target = quantiles[first]! + (at - first) * (quantiles[first + 1]! - quantiles[first]!);
    expected += (y[i]! - target) ** 2 * share;
    apart += (y[i]! - slope[i]! / (2 * share) - target) ** 2 * share;
  });
  expect(loss / expected).toBeCloseTo(1, 2);
  // The targets have a standard deviation of about 1.
  expect(Math.sqrt(apart)).toBeLessThan(0.03);
});

test("the gradient of matchRanks leads to the painting's distribution", () => {
  const y = normalNumbers(4000, 3);
  const quantiles = quantilesOf(normalNumbers(4000, 4).map((v) => 2 + 4 * v));
  const slope = new Float32Array(y.length);
  const before = matchRanks(y, quantiles, 0.5, slope);
  expect(0.5 * dot(slope, slope)).toBeCloseTo(before, -1);
  const there = y.map((v, i) => v - slope[i]!);
  expect(matchRanks(there, quantiles, 0.5, slope)).toBeLessThan(1e-3 * before);
});

test("equal responses give a finite loss and gradient", () => {
  const slope = new Float32Array(100);
  const loss = matchRanks(new Float32Array(100).fill(0.3), quantilesOf(normalNumbers(500, 5)), 0.01, slope);
  expect(Number.isFinite(loss)).toBe(true);
  expect(slope.every(Number.isFinite)).toBe(true);
});

const SIZE = { width: 60, height: 44 };
const painting = striped(SIZE.width, SIZE.height, 9);
const distribution = await openPatchDistribution([{ picture: painting, weight: 1 }], SIZE, randomNumbers(1), {});
afterAll(() => distribution.release());
/** Compares along the same directions each time. */
const compare = (picture: Picture) => distribution.compare(picture, randomNumbers(7));
const other = noise(SIZE.width, SIZE.height, 2);

test("the painting itself has almost no loss, and noise has a large one", async () => {
  const [own, far] = [await compare(painting), await compare(other)];
  expect(own.loss).toBeLessThan(0.01);
  expect(far.loss).toBeGreaterThan(50 * own.loss);
  // Only which patches exist matters, not where they are. All patches except those at the seam are the same.
  const { width } = SIZE;
  const rolled = painting.data.map((_, i, all) => all[i - (i % width) + (((i % width) + 25) % width)]!);
  expect((await compare({ ...SIZE, data: rolled })).loss).toBeLessThan(0.05 * far.loss);
});

test("the gradient equals central differences of the loss", async () => {
  const { dx } = await compare(other);
  const length = Math.sqrt(dot(dx, dx));
  for (const seed of [11, 12]) {
    const noiseDirection = noise(SIZE.width, SIZE.height, seed).data.map((v) => (v - 0.5) / Math.sqrt(dx.length / 12));
    const direction = dx.map((v, i) => v / length + noiseDirection[i]!);
    const at = async (by: number) =>
      (await compare({ ...other, data: other.data.map((v, i) => v + by * direction[i]!) })).loss;
    // The distance is large enough to hide the histogram's bins.
    const difference = ((await at(0.5)) - (await at(-0.5))) / 1;
    expect(dot(dx, direction) / difference).toBeCloseTo(1, 1.4);
  }
});

test("descending along the gradient brings the patches closer to the painting's", async () => {
  let x = other;
  const random = randomNumbers(3);
  const losses: number[] = [];
  for (let step = 0; step < 25; step++) {
    const { loss, dx } = await distribution.compare(x, random);
    losses.push(loss);
    x = { ...x, data: x.data.map((v, i) => v - 200 * dx[i]!) };
  }
  expect((await compare(x)).loss).toBeLessThan(0.3 * (await compare(other)).loss);
});

test("each step compares with one painting, chosen in proportion to the weights", async () => {
  const red = { picture: flat(32, 32, [0.9, 0.1, 0.1]), weight: 3 };
  const blue = { picture: flat(32, 32, [0.1, 0.1, 0.9]), weight: 1 };
  const both = await openPatchDistribution([red, blue], { width: 32, height: 32 }, randomNumbers(1), {});
  const random = randomNumbers(5);
  let reds = 0;
  for (let i = 0; i < 60; i++) {
    // The sign of the gradient in blue shows which painting the step used.
    const { dx } = await both.compare(flat(32, 32, [0.5, 0.1, 0.5]), random);
    if (dx.subarray(2 * 1024).reduce((sum, v) => sum + v, 0) > 0) reds++;
  }
  await both.release();
  expect(reds).toBeGreaterThan(35);
  expect(reds).toBeLessThan(55);
});

test("a canvas and a painting as small as a patch are compared at one octave only", async () => {
  const tiny = await openPatchDistribution(
    [{ picture: striped(8, 7, 4), weight: 1 }],
    { width: 9, height: 33 },
    randomNumbers(1),
    {},
  );
  const { loss, dx } = await tiny.compare(noise(9, 33, 1), randomNumbers(2));
  await tiny.release();
  expect(Number.isFinite(loss)).toBe(true);
  expect(dx.every(Number.isFinite)).toBe(true);
});
