import fc from "fast-check";
import { expect, test } from "vitest";
import type { Picture } from "./picture.ts";
import { resize, resizePlanes } from "./resize.ts";

const size = fc.integer({ min: 1, max: 24 });
const picture: fc.Arbitrary<Picture> = fc.tuple(size, size).chain(([width, height]) =>
  fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 3 * width * height,
      maxLength: 3 * width * height,
    })
    .map((values) => ({ width, height, data: Float32Array.from(values) })),
);

/** The weight of every source pixel by the tent's definition. Weights beyond the edge count for the edge pixel. */
function naiveWeights(size: number, toSize: number, i: number): number[] {
  const step = size / toSize;
  const reach = Math.max(1, step);
  const center = (i + 0.5) * step - 0.5;
  const weights = new Array<number>(size).fill(0);
  for (let k = -2 * size - 2; k <= 3 * size + 2; k++)
    weights[Math.min(size - 1, Math.max(0, k))]! += Math.max(0, 1 - Math.abs(k - center) / reach);
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

test("every pixel is the tent-weighted mean of the whole picture", () => {
  fc.assert(
    fc.property(picture, size, size, (source, width, height) => {
      const resized = resize(source, width, height);
      let worst = 0;
      for (let y = 0; y < height; y++) {
        const down = naiveWeights(source.height, height, y);
        for (let x = 0; x < width; x++) {
          const across = naiveWeights(source.width, width, x);
          for (let c = 0; c < 3; c++) {
            const expected = down.reduce(
              (sum, v, j) =>
                sum +
                v * across.reduce((s, u, i) => s + u * source.data[(c * source.height + j) * source.width + i]!, 0),
              0,
            );
            worst = Math.max(worst, Math.abs(resized.data[(c * height + y) * width + x]! - expected));
          }
        }
      }
      expect(worst).toBeLessThan(1e-5);
    }),
    { numRuns: 40 },
  );
});

test("a flat picture stays flat at any size", () => {
  fc.assert(
    fc.property(size, size, size, size, (width, height, toWidth, toHeight) => {
      const { data } = resize(
        { width, height, data: new Float32Array(3 * width * height).fill(0.3) },
        toWidth,
        toHeight,
      );
      expect(data.length).toBe(3 * toWidth * toHeight);
      expect(data.every((value) => Math.abs(value - 0.3) < 1e-6)).toBe(true);
    }),
  );
});

test("resizing to the same size changes nothing", () => {
  fc.assert(
    fc.property(picture, (source) => {
      expect(resize(source, source.width, source.height).data).toEqual(source.data);
    }),
  );
});

test("a single plane is resized like each plane of a picture", () => {
  const plane = Float32Array.from({ length: 35 }, (_, i) => Math.sin(i));
  const data = new Float32Array(105);
  for (let c = 0; c < 3; c++) data.set(plane, 35 * c);
  expect(resizePlanes(plane, 7, 5, 3, 9)).toEqual(resize({ width: 7, height: 5, data }, 3, 9).data.subarray(0, 27));
});
