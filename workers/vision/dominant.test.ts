import { expect, test } from "vitest";
import type { Box } from "./boxes.ts";
import { byProminence, dominates } from "./dominant.ts";

const picture = { width: 400, height: 300 };

/** A face of this width, its centre at (x, y). */
const face = (x: number, y: number, width: number): Box => ({
  x: x - width / 2,
  y: y - width * 0.65,
  width,
  height: width * 1.3,
});
const decided = (...boxes: Box[]): Box | undefined => {
  const [first, ...rest] = byProminence(
    boxes.map((box) => ({ box })),
    picture,
  ).map(({ box }) => box);
  return first && dominates([first, ...rest], picture) ? first : undefined;
};

test("a single face is meant, wherever it is", () => {
  const corner = face(30, 30, 20);
  expect(decided(corner)).toBe(corner);
});

test("nobody is meant where there is nobody", () => {
  expect(dominates([], picture)).toBe(false);
});

test("a portrait is not disturbed by a bystander", () => {
  const portrait = face(190, 150, 120);
  expect(decided(face(370, 80, 60), portrait)).toBe(portrait);
  expect(decided(face(370, 80, 110), portrait)).toBe(portrait);
});

test("two alike side by side are not decided between", () => {
  expect(decided(face(120, 150, 80), face(280, 150, 80))).toBeUndefined();
});

test("three in a row are not decided between, though one stands in the middle", () => {
  expect(decided(face(100, 120, 40), face(200, 110, 42), face(300, 120, 40))).toBeUndefined();
});

test("a large face off the centre is meant before a small one in it", () => {
  const large = face(120, 150, 120);
  expect(decided(large, face(210, 140, 40))).toBe(large);
});

test("the more prominent face comes first", () => {
  const boxes = [face(350, 250, 40), face(200, 150, 80), face(100, 150, 60)];
  expect(
    byProminence(
      boxes.map((box) => ({ box })),
      picture,
    ).map(({ box }) => boxes.indexOf(box)),
  ).toEqual([1, 2, 0]);
});
