import fc from "fast-check";
import { expect, test } from "vitest";
import { batchOf, type PixelContract, planesAt } from "./planes.ts";
import type { Raster } from "./raster.ts";
import { inverseOf, type Similarity, transformed } from "./similarity.ts";
import { warp } from "./warp.ts";

const contract: PixelContract = { channels: "RGB", width: 12, height: 12, mean: 0, scale: 1 };
const noise = (side: number): Raster => {
  const data = new Uint8Array(4 * side * side);
  let state = 7;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    data[i] = state >>> 24;
  }
  return { width: side, height: side, data };
};

const warped = (source: Raster, similarity: Similarity): Float32Array => {
  const batch = batchOf(1, contract);
  warp(source, similarity, planesAt(batch, 0, contract));
  return batch;
};

/** The picture as a continuous function: Σ over pixels of color times a tent of width one around its center. Black beyond. */
function surface({ width, height, data }: Raster, channel: number, x: number, y: number): number {
  let sum = 0;
  for (let j = Math.floor(y); j <= Math.floor(y) + 1; j++) {
    for (let i = Math.floor(x); i <= Math.floor(x) + 1; i++) {
      if (i < 0 || j < 0 || i >= width || j >= height) continue;
      sum += (1 - Math.abs(x - i)) * (1 - Math.abs(y - j)) * data[4 * (j * width + i) + channel]!;
    }
  }
  return sum;
}

test("without shrinking, each pixel is the interpolated source at its original position", () => {
  const source = noise(20);
  const similarity = fc.record({
    a: fc.double({ min: 0.7, max: 2, noNaN: true }),
    b: fc.double({ min: -2, max: 2, noNaN: true }),
    tx: fc.double({ min: -20, max: 20, noNaN: true }),
    ty: fc.double({ min: -20, max: 20, noNaN: true }),
  });
  fc.assert(
    fc.property(similarity, (s) => {
      const result = warped(source, s);
      for (const [x, y] of [
        [0, 0],
        [5, 3],
        [11, 11],
      ] as const) {
        const from = transformed(inverseOf(s), { x, y });
        expect(result[y * 12 + x]).toBeCloseTo(surface(source, 0, from.x, from.y), 2);
      }
    }),
  );
});

test("when shrinking, each pixel is near the mean over its source area", () => {
  const source = noise(120);
  const turn = 0.3;
  const s = { a: 0.1 * Math.cos(turn), b: 0.1 * Math.sin(turn), tx: 2, ty: -1 };
  const result = warped(source, s);
  const back = inverseOf(s);
  for (const [x, y] of [
    [4, 4],
    [6, 7],
    [8, 5],
  ] as const) {
    let sum = 0;
    const fine = 60;
    for (let j = 0; j < fine; j++) {
      for (let i = 0; i < fine; i++) {
        const from = transformed(back, { x: x - 0.5 + (i + 0.5) / fine, y: y - 0.5 + (j + 0.5) / fine });
        sum += surface(source, 1, from.x, from.y);
      }
    }
    // For this noise, a single bilinear sample differs by 40 on average.
    expect(Math.abs(result[144 + y * 12 + x]! - sum / fine ** 2)).toBeLessThan(2);
  }
});

test("the identity copies the source, and pixels beyond it are black", () => {
  const result = warped(noise(6), { a: 1, b: 0, tx: 0, ty: 0 });
  expect(result[5 * 12 + 5]).toBe(noise(6).data[4 * (5 * 6 + 5)]);
  expect(result[8 * 12 + 8]).toBe(0);
});
