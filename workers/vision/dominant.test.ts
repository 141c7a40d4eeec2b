import { expect, test } from "vitest";
import type { Box } from "./boxes.ts";
import { byProminence, dominates } from "./dominant.ts";

const picture = { width: 400, height: 300 };

/** A face of this width with its center at (x, y). */
const face = (x: number, y: number, width: number): Box => ({
  x: x - width / 2,
  y: y - width * 0.65,
  width,
  height: width * 1.3,
});
const choose = (...boxes: Box[]): Box | undefined => {
  const [first, ...rest] = byProminence(
    boxes.map((box) => ({ box })),
    picture,
  ).map(({ box }) => box);
  return first && dominates([first, ...rest], picture) ? first : undefined;
};

test("a single face is chosen wherever it is", () => {
  const corner = face(30, 30, 20);
  expect(choose(corner)).toBe(corner);
});

test("without faces none is chosen", () => {
  expect(dominates([], picture)).toBe(false);
});

test("a large central face is chosen despite a second face", () => {
  const portrait = face(190, 150, 120);
  expect(choose(face(370, 80, 60), portrait)).toBe(portrait);
  expect(choose(face(370, 80, 110), portrait)).toBe(portrait);
});

test("of two similar faces side by side none is chosen", () => {
  expect(choose(face(120, 150, 80), face(280, 150, 80))).toBeUndefined();
});

test("of three similar faces in a row none is chosen, although one is in the middle", () => {
  expect(choose(face(100, 120, 40), face(200, 110, 42), face(300, 120, 40))).toBeUndefined();
});

test("a large face off the center is chosen over a small central one", () => {
  const large = face(120, 150, 120);
  expect(choose(large, face(210, 140, 40))).toBe(large);
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
