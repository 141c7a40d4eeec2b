import { expect, test } from "vitest";
import { crop } from "./border.ts";
import { grained } from "./grain.ts";

const gray = (width: number, height: number) => ({
  width,
  height,
  data: new Float32Array(3 * width * height).fill(0.5),
});

test("a part of a picture gets the same grain as in the whole picture", () => {
  const whole = grained(gray(60, 50), 0.1);
  const part = grained(gray(21, 30), 0.1, { x: 33, y: 17 });
  expect(part).toEqual(crop(whole, 33, 17, 21, 30));
});

test("the grain is gray, has the requested deviation, and does not change the mean", () => {
  const [width, height] = [240, 200];
  const { data } = grained(gray(width, height), 0.04);
  const pixels = width * height;
  const planes = [0, 1, 2].map((c) => data.subarray(c * pixels, (c + 1) * pixels));
  for (const plane of planes) expect(plane.every((v, i) => v === planes[0]![i])).toBe(true);
  const mean = planes[0]!.reduce((sum, v) => sum + v, 0) / pixels;
  const variance = planes[0]!.reduce((sum, v) => sum + (v - mean) ** 2, 0) / pixels;
  expect(mean).toBeCloseTo(0.5, 2);
  expect(Math.sqrt(variance)).toBeCloseTo(0.04, 2);
});

test("an amount of 0 changes nothing", () => {
  expect(grained(gray(5, 4), 0)).toEqual(gray(5, 4));
});
