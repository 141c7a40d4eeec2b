import { expect, test } from "vitest";
import { crop, reflectPad } from "./border.ts";

const counted = (width: number, height: number) => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => i),
});
const row = (data: Float32Array, start: number, length: number) => [...data.subarray(start, start + length)];

test("a border mirrors the picture without repeating its edge", () => {
  const padded = reflectPad(counted(4, 3), 2);
  expect([padded.width, padded.height]).toEqual([8, 7]);
  expect(row(padded.data, 0, 8)).toEqual([10, 9, 8, 9, 10, 11, 10, 9]);
  expect(row(padded.data, 2 * 8, 8)).toEqual([2, 1, 0, 1, 2, 3, 2, 1]);
});

test("a border wider than the picture continues mirroring back and forth", () => {
  const padded = reflectPad({ width: 3, height: 1, data: Float32Array.from({ length: 9 }, (_, i) => i) }, 5);
  expect(row(padded.data, 0, 13)).toEqual([1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1]);
});

test("a picture of one pixel is padded with itself", () => {
  const padded = reflectPad({ width: 1, height: 1, data: Float32Array.of(0.1, 0.2, 0.3) }, 3);
  expect(padded.data.subarray(0, 49).every((value) => value === padded.data[0])).toBe(true);
  expect(padded.data[147 - 1]).toBeCloseTo(0.3);
});

test("cropping removes a border", () => {
  const picture = counted(5, 4);
  expect(crop(reflectPad(picture, 3), 3, 3, 5, 4)).toEqual(picture);
});
