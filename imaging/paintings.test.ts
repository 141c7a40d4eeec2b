import { describe, expect, test } from "vitest";
import { pictureFrom } from "../container/style/testing/pictures.ts";
import { colorStatistics } from "./color.ts";
import { type Painting, paletteOf, prepared, sideBySide } from "./paintings.ts";
import type { Picture } from "./picture.ts";

/** A gray picture of this brightness. */
const gray = (width: number, height: number, value: number) => pictureFrom(width, height, () => value);
const painting = (picture: Picture, weight = 1): Painting => ({ picture, weight });
const sizesOf = (pictures: readonly Painting[]) => pictures.map(({ picture: { width, height } }) => [width, height]);

describe("prepared", () => {
  test("a painting's short side is 1.25 times the picture's, in multiples of 8, and its aspect ratio is kept", () => {
    // 4 % are cropped from each side: 1000×500 becomes 920×460. The short side becomes 250, rounded to 248.
    const [first] = prepared([painting(gray(1000, 500, 0.5), 0.3)], 200);
    expect([first!.picture.width, first!.picture.height]).toEqual([504, 248]);
    expect(first!.weight).toBe(0.3);
  });

  test("a frame of 4 % is removed, and the inner part is kept", () => {
    const framed = pictureFrom(400, 300, (x, y) => (x < 16 || x >= 384 || y < 12 || y >= 288 ? 1 : 0.25));
    const [{ picture }] = prepared([painting(framed)], 220) as [Painting];
    expect(picture.data.every((value) => Math.abs(value - 0.25) < 1e-5)).toBe(true);
    const thickFrame = pictureFrom(400, 300, (x) => (x < 20 ? 1 : 0.25));
    expect(prepared([painting(thickFrame)], 220)[0]!.picture.data.some((value) => value > 0.9)).toBe(true);
  });

  test("a painting is enlarged at most twice, because it has no finer strokes", () => {
    expect(sizesOf(prepared([painting(gray(100, 50, 0.5))], 1000))).toEqual([[184, 96]]);
  });

  test("a painting of a few pixels still has a patch", () => {
    for (const side of [1, 2, 5]) expect(sizesOf(prepared([painting(gray(side, side, 0.5))], 100))).toEqual([[8, 8]]);
  });
});

describe("palette", () => {
  const dark = pictureFrom(6, 5, (x, y, c) => 0.1 + 0.02 * x + 0.01 * c * y);
  const light = pictureFrom(7, 4, (x, y, c) => 0.6 + 0.03 * y - 0.01 * c * x);

  test("the palette of one painting is its colors' mean and covariance, for any weight", () => {
    expect(paletteOf([painting(dark, 5)])).toEqual(colorStatistics(dark));
  });

  test("several paintings are averaged by their shares", () => {
    const [a, b] = [colorStatistics(dark), colorStatistics(light)];
    const { mean, covariance } = paletteOf([painting(dark, 1), painting(light, 3)]);
    for (const [i, value] of mean.entries()) expect(value).toBeCloseTo(0.25 * a.mean[i]! + 0.75 * b.mean[i]!, 12);
    for (const [i, value] of covariance.entries())
      expect(value).toBeCloseTo(0.25 * a.covariance[i]! + 0.75 * b.covariance[i]!, 12);
  });
});

describe("side by side", () => {
  test("a single painting is returned unchanged", () => {
    const alone = gray(9, 8, 0.5);
    expect(sideBySide([painting(alone)])).toBe(alone);
  });

  test("several paintings get widths by their weights, at the smallest height", () => {
    const [first, second] = [
      pictureFrom(8, 6, (x, y, c) => x / 10 + y / 100 + c / 1000),
      pictureFrom(10, 4, (x, y, c) => -(x / 10 + y / 100 + c / 1000)),
    ];
    const { width, height, data } = sideBySide([painting(first, 1), painting(second, 2)]);
    expect([width, height]).toEqual([4 + 10, 4]);
    const expected = pictureFrom(
      14,
      4,
      (x, y, c) => (x < 4 ? x / 10 : -(x - 4) / 10) + (x < 4 ? 1 : -1) * (y / 100 + c / 1000),
    );
    for (const [i, value] of data.entries()) expect(value).toBeCloseTo(expected.data[i]!, 6);
  });

  test("the smallest share is one column", () => {
    expect(sideBySide([painting(gray(8, 8, 0), 1), painting(gray(8, 8, 1), 1000)]).width).toBe(9);
  });

  test("an empty list of paintings is an error", () => {
    expect(() => sideBySide([])).toThrow("There is no painting.");
  });
});
