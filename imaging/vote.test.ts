import { expect, test } from "vitest";
import { crop } from "./border.ts";
import type { Field } from "./patch-match.ts";
import type { Picture } from "./picture.ts";
import { randomNumbers } from "./random.ts";
import { interleaved, vote } from "./vote.ts";

const random = randomNumbers(1);
const painting: Picture = { width: 21, height: 17, data: Float32Array.from({ length: 3 * 21 * 17 }, random) };

/** The definition of Kwatra et al. 2005: each patch adds its weighted pixels. */
function referenceVote({ width, height, patches }: Field, radius: number, sigma: number): Float32Array {
  const sums = new Float64Array(3 * width * height);
  const weights = new Float64Array(width * height);
  for (let i = 0; i < patches.length; i++) {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        const [x, y] = [(i % width) + dx, Math.floor(i / width) + dy];
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const weight = Math.exp(-(dx * dx + dy * dy) / (2 * (radius * sigma) ** 2));
        const from = patches[i]! + dy * painting.width + dx;
        for (let c = 0; c < 3; c++) sums[(c * height + y) * width + x]! += weight * painting.data[c * 21 * 17 + from]!;
        weights[y * width + x]! += weight;
      }
    }
  }
  return Float32Array.from(sums, (sum, i) => sum / weights[i % weights.length]!);
}

/** Random patches. A share `together` of them continue their left neighbor if possible. */
function fieldOf(width: number, height: number, radius: number, together: number): Field {
  const patches = new Int32Array(width * height);
  for (let i = 0; i < patches.length; i++) {
    const next = patches[i - 1]! + 1;
    if (i % width > 0 && random() < together && next % 21 < 21 - radius) patches[i] = next;
    else {
      const x = radius + Math.floor(random() * (21 - 2 * radius));
      patches[i] = (radius + Math.floor(random() * (17 - 2 * radius))) * 21 + x;
    }
  }
  return { width, height, patches };
}

test.each([
  [1, 1, 2, 0],
  [3, 2, 2, 0.5],
  [13, 11, 2, 0],
  [13, 11, 2, 0.8],
  [30, 9, 2, 1],
  [12, 14, 1, 0.7],
])(
  "the vote matches its definition: %i×%i pixels, patches of radius %i, a share %f of them contiguous",
  (width, height, radius, together) => {
    for (const sigma of [0.25, 0.5, 2]) {
      const field = fieldOf(width, height, radius, together);
      const expected = referenceVote(field, radius, sigma);
      const { data } = vote(field, interleaved(painting), radius, sigma);
      expect(data.every((value, i) => Math.abs(value - expected[i]!) < 1e-5)).toBe(true);
    }
  },
);

test("a field of contiguous patches gives the painting", () => {
  const patches = Int32Array.from({ length: 10 * 8 }, (_, i) => (4 + Math.floor(i / 10)) * 21 + 3 + (i % 10));
  const voted = vote({ width: 10, height: 8, patches }, interleaved(painting), 2, 0.5);
  const expected = crop(painting, 3, 4, 10, 8);
  expect(voted.data.every((value, i) => Math.abs(value - expected.data[i]!) < 1e-5)).toBe(true);
});
