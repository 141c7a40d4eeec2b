import { expect, test } from "vitest";
import { clamped, colorStatistics, transferColors } from "./color.ts";
import { faceMask } from "./face-mask.ts";
import { type Picture, pictureOf, rasterOf } from "./picture.ts";
import { randomNumbers } from "./random.ts";
import type { Raster } from "./raster.ts";
import { repaint, repaintRaster } from "./repaint.ts";
import { resize } from "./resize.ts";

function blots(seed: number, width: number, height: number): Raster {
  const random = randomNumbers(seed);
  const small = { width: 24, height: 20, data: Float32Array.from({ length: 3 * 24 * 20 }, random) };
  return rasterOf(resize(small, width, height));
}

const meanDifference = (a: Picture, b: Picture): number =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;

test.each([
  ["without faces", []],
  ["with a face", [{ x: 30, y: 20, width: 40, height: 50 }]],
])("repaintRaster gives the same picture as repaint: %s", (_, boxes) => {
  const photograph = blots(1, 120, 150);
  const stylized = blots(2, 120, 150);
  const painting = blots(3, 160, 140);
  const palette = colorStatistics(pictureOf(painting));
  const faces = faceMask(boxes, photograph);
  const [numbers, others] = [1, 2].map((seed) =>
    repaint(pictureOf(stylized), {
      transferred: clamped(transferColors(pictureOf(photograph), palette)),
      painting: pictureOf(painting),
      palette,
      faces,
      seed,
    }),
  ) as [Picture, Picture];
  repaintRaster(stylized, { photograph, painting, palette, faces, seed: 1 });
  // Rounding to bytes replaces some patches by similar ones. Another seed replaces most of them.
  const difference = meanDifference(pictureOf(stylized), numbers);
  expect(difference).toBeLessThan(0.5 * meanDifference(numbers, others));
});
