import { expect, test } from "vitest";
import { opponentOf } from "./opponent.ts";
import { FEATURES, type Patches, patchesOf, withoutEdges } from "./patch-features.ts";
import { nearest, squaredDistance, treeOf } from "./patch-tree.ts";
import type { Picture } from "./picture.ts";
import { randomNumbers } from "./random.ts";
import { resize } from "./resize.ts";

/** Soft blots of color. */
function blots(seed: number, width: number, height: number): Picture {
  const random = randomNumbers(seed);
  const [w, h] = [Math.ceil(width / 3), Math.ceil(height / 3)];
  return resize({ width: w, height: h, data: Float32Array.from({ length: 3 * w * h }, random) }, width, height);
}

const painting = withoutEdges(patchesOf(opponentOf(blots(1, 60, 44)), 2));
const tree = treeOf(painting);

const distance = (points: Patches, i: number, patch: number): number =>
  squaredDistance(points.features, i * FEATURES, painting.features, patch * FEATURES, 0x7fffffff);

test("a patch of the painting finds itself, except for a few on a split", () => {
  const { width, height, radius } = painting;
  let missed = 0;
  for (let y = radius; y < height - radius; y++)
    for (let x = radius; x < width - radius; x++) {
      const i = y * width + x;
      if (nearest(tree, painting.features, i * FEATURES) !== i) missed++;
    }
  expect(missed / (width * height)).toBeLessThan(0.01);
});

test("the found patch is wholly inside the painting and near", () => {
  const query = patchesOf(opponentOf(blots(2, 30, 30)), 2);
  let found = 0;
  let least = 0;
  for (let i = 0; i < 900; i++) {
    const patch = nearest(tree, query.features, i * FEATURES);
    const [x, y] = [patch % painting.width, Math.floor(patch / painting.width)];
    expect(x >= 2 && y >= 2 && x < painting.width - 2 && y < painting.height - 2).toBe(true);
    found += Math.sqrt(distance(query, i, patch));
    let best = Number.POSITIVE_INFINITY;
    for (let j = 0; j < painting.width * painting.height; j++) best = Math.min(best, distance(query, i, j));
    least += Math.sqrt(best);
  }
  expect(found / least).toBeGreaterThanOrEqual(1);
  expect(found / least).toBeLessThan(1.6);
});

test("a painting with a single patch, and one with equal patches, can be searched", () => {
  for (const [width, height] of [
    [5, 5],
    [40, 30],
  ] as const) {
    const flat = { width, height, data: new Float32Array(3 * width * height).fill(0.5) };
    const only = treeOf(withoutEdges(patchesOf(opponentOf(flat), 2)));
    const patch = nearest(only, painting.features, 500 * FEATURES);
    expect(patch % width >= 2 && patch % width < width - 2).toBe(true);
    expect(patch >= 2 * width && patch < (height - 2) * width).toBe(true);
  }
});
