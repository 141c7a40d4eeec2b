import { afterAll, describe, expect, test } from "vitest";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { openPyramid } from "./pyramid.ts";
import { dot, flat, noise } from "./testing/pictures.ts";

const SIZES = [
  [64, 64],
  [37, 53],
  [1, 45],
  [40, 1],
  [1, 1],
] as const;

describe.each(SIZES)("of %i×%i", async (width, height) => {
  const pyramid = await openPyramid(width, height, {});
  afterAll(() => pyramid.release());
  const random = randomNumbers(2);
  const z = Float32Array.from({ length: pyramid.size }, () => random() - 0.5);

  test("reconstruct inverts decompose", async () => {
    const picture = noise(width, height, 1);
    const again = await pyramid.reconstruct(pyramid.decompose(picture));
    expect([again.width, again.height]).toEqual([width, height]);
    expect(farthest(again, picture)).toBeLessThan(1e-5);
  });

  test("the gradient is the adjoint: ⟨P·z, x⟩ = ⟨z, Pᵀ·x⟩", async () => {
    const x = noise(width, height, 3).data.map((v) => v - 0.5);
    const there = dot((await pyramid.reconstruct(z)).data, x);
    const back = dot(z, await pyramid.gradient(x));
    expect(back).toBeCloseTo(there, 3);
    expect(Math.abs(there)).toBeGreaterThan(1e-2);
  });
});

test("a picture of one color is held by the coarsest level only", async () => {
  const pyramid = await openPyramid(32, 32, {});
  const z = pyramid.decompose(flat(32, 32, [0.8, 0.3, 0.1]));
  await pyramid.release();
  // The coarsest level is a single pixel.
  for (const value of z.subarray(0, -3)) expect(Math.abs(value)).toBeLessThan(1e-5);
  expect(Math.hypot(...z.subarray(-3))).toBeGreaterThan(0.1);
});

test("the same gradient moves coarse levels further than fine ones", async () => {
  const pyramid = await openPyramid(32, 32, {});
  const slope = await pyramid.gradient(new Float32Array(3 * 32 * 32).fill(1));
  await pyramid.release();
  expect(Math.abs(slope.at(-3)!)).toBeGreaterThan(100 * Math.abs(slope[0]!));
});

const farthest = (a: Picture, b: Picture): number =>
  a.data.reduce((most, v, i) => Math.max(most, Math.abs(v - b.data[i]!)), 0);
