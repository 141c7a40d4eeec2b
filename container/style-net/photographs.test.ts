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

test("a photograph that is not too large is left as it is", () => {
  for (const photograph of [flat(20, 30), flat(64, 300)]) expect(limitSize(photograph, size)).toBe(photograph);
});

test("a larger one is shrunk in its proportions to eight crops on its short side", () => {
  const shrunk = limitSize(flat(256, 128), size);
  expect([shrunk.width, shrunk.height]).toEqual([128, 64]);
  expect(shrunk.data).toHaveLength(4 * 128 * 64);
  const { data }: Picture = pictureOf(shrunk);
  expect(data.every((value) => Math.abs(value - 200 / 255) < 1e-6)).toBe(true);
});
