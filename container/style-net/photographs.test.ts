import { expect, test } from "vitest";
import { type Picture, pictureOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { limitSize } from "./photographs.ts";

const flat = (width: number, height: number): Raster => ({
  width,
  height,
  data: new Uint8Array(4 * width * height).fill(200),
});
const size = 8;

test("a photograph within the limit is unchanged", () => {
  for (const photograph of [flat(20, 30), flat(64, 300)]) expect(limitSize(photograph, size)).toBe(photograph);
});

test("a larger photograph is shrunk proportionally to a short side of eight crops", () => {
  const shrunk = limitSize(flat(256, 128), size);
  expect([shrunk.width, shrunk.height]).toEqual([128, 64]);
  expect(shrunk.data).toHaveLength(4 * 128 * 64);
  const { data }: Picture = pictureOf(shrunk);
  expect(data.every((value) => Math.abs(value - 200 / 255) < 1e-6)).toBe(true);
});
