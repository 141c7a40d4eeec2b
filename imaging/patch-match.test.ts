import { expect, test } from "vitest";
import { opponentOf } from "./opponent.ts";
import { FEATURES, type Patches, patchesOf, withoutEdges } from "./patch-features.ts";
import { type Field, matchPatches } from "./patch-match.ts";
import { squaredDistance, treeOf } from "./patch-tree.ts";
import type { Picture } from "./picture.ts";
import { randomBits, randomNumbers } from "./random.ts";
import { resize } from "./resize.ts";

function blots(seed: number, width: number, height: number): Picture {
  const random = randomNumbers(seed);
  return resize({ width: 20, height: 15, data: Float32Array.from({ length: 900 }, random) }, width, height);
}

const painting = withoutEdges(patchesOf(opponentOf(blots(1, 70, 50)), 2));
const tree = treeOf(painting);
const query = patchesOf(opponentOf(blots(2, 40, 48)), 2);

/** A field of random patches. */
function anyField(): Field {
  const random = randomNumbers(3);
  const patches = Int32Array.from({ length: query.width * query.height }, () => {
    const [x, y] = [2 + Math.floor(random() * 66), 2 + Math.floor(random() * 46)];
    return y * painting.width + x;
  });
  return { width: query.width, height: query.height, patches };
}

function matched(points: Patches, sweeps: number, breakPenalty: number, seed = 4): Field {
  const field = anyField();
  const rows = (first: number, end: number) =>
    points.features.subarray(first * points.width * FEATURES, end * points.width * FEATURES);
  matchPatches(rows, painting, tree, field, { sweeps, breakPenalty, random: randomBits(seed) });
  return field;
}

/** The sum of squared distances, and the number of neighbor pairs whose patches are not adjacent. */
function measured({ width, height, patches }: Field): { distance: number; breaks: number } {
  let distance = 0;
  let breaks = 0;
  for (let i = 0; i < width * height; i++) {
    distance += squaredDistance(query.features, i * FEATURES, painting.features, patches[i]! * FEATURES, 0x7fffffff);
    if (i % width > 0 && patches[i] !== patches[i - 1]! + 1) breaks++;
    if (i >= width && patches[i] !== patches[i - width]! + painting.width) breaks++;
  }
  return { distance, breaks };
}

test("no sweep increases the sum of distances and penalties", () => {
  for (const breakPenalty of [0, 20_000, 500_000]) {
    const energies = [0, 1, 2, 3, 6].map((sweeps) => {
      const { distance, breaks } = measured(matched(query, sweeps, breakPenalty));
      return distance + breakPenalty * breaks;
    });
    expect(energies).toEqual(energies.toSorted((a, b) => b - a));
    expect(energies[1]).toBeLessThan(energies[0]! / 2);
  }
});

test("a higher penalty gives fewer breaks and larger distances", () => {
  const fields = [0, 20_000, 100_000, 500_000].map((breakPenalty) => measured(matched(query, 3, breakPenalty)));
  const breaks = fields.map((field) => field.breaks);
  const distances = fields.map(({ distance }) => distance);
  expect(breaks).toEqual(breaks.toSorted((a, b) => b - a));
  expect(breaks[3]).toBeLessThan(0.9 * breaks[0]!);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
});

test("all patches are wholly inside the painting, for any penalty", () => {
  for (const breakPenalty of [0, 20_000_000]) {
    for (const patch of matched(query, 4, breakPenalty).patches) {
      const [x, y] = [patch % painting.width, Math.floor(patch / painting.width)];
      expect(x >= 2 && y >= 2 && x < painting.width - 2 && y < painting.height - 2).toBe(true);
    }
  }
});

test("the same seed finds the same field, and another seed a different one", () => {
  expect(matched(query, 2, 20_000)).toEqual(matched(query, 2, 20_000));
  expect(matched(query, 2, 20_000)).not.toEqual(matched(query, 2, 20_000, 5));
});
