import { expect, test } from "vitest";
import { compositeOnWhite } from "./composite.ts";

const onWhite = (...rgba: number[]): number[] => {
  const data = Uint8Array.from(rgba);
  compositeOnWhite({ width: 1, height: 1, data });
  return [...data];
};

test("an opaque pixel stays as it is", () => {
  expect(onWhite(10, 20, 30, 255)).toEqual([10, 20, 30, 255]);
});

test("a fully transparent pixel becomes white", () => {
  expect(onWhite(10, 20, 30, 0)).toEqual([255, 255, 255, 255]);
});

test("a half transparent pixel becomes the mean of its color and white", () => {
  expect(onWhite(0, 100, 255, 128)).toEqual([127, 177, 255, 255]);
});
