import { expect, test } from "vitest";
import { type FaceBox, faceMask } from "./face-mask.ts";

const WIDTH = 120;
const HEIGHT = 100;
/** Its center is the pixel (60, 50). */
const FACE: FaceBox = { x: 50, y: 35, width: 20, height: 30 };
/** 1.1 half heights. */
const RADIUS = 16.5;

const canvas = { width: WIDTH, height: HEIGHT };
const at = (mask: Float32Array, x: number, y: number) => mask[y * WIDTH + x]!;

test("a face's mask is 1 at its center, flat around it, and near 0 at 1.5 radii", () => {
  const mask = faceMask([FACE], canvas);
  expect(mask).toHaveLength(WIDTH * HEIGHT);
  expect(at(mask, 60, 50)).toBe(1);
  expect(at(mask, 60 + RADIUS / 2 - 0.25, 50)).toBeGreaterThan(0.93);
  expect(at(mask, 60, 50 - 16)).toBeCloseTo(Math.exp(-((16 / RADIUS) ** 4)), 6);
  expect(at(mask, 60, 50 + 25)).toBeLessThan(0.01);
  expect(at(mask, 5, 5)).toBe(0);
});

test("the mask decreases from the center, equally in all directions", () => {
  const mask = faceMask([FACE], canvas);
  for (let d = 1; d < 45; d++) {
    expect(at(mask, 60 + d, 50)).toBeLessThanOrEqual(at(mask, 60 + d - 1, 50));
    for (const [x, y] of [
      [60 - d, 50],
      [60, 50 + d],
      [60, 50 - d],
    ] as const)
      expect(at(mask, x, y)).toBeCloseTo(at(mask, 60 + d, 50), 6);
  }
});

test("where two masks overlap, the larger value counts, not the sum", () => {
  const other = { ...FACE, x: FACE.x + 14 };
  const [first, second, both] = [[FACE], [other], [FACE, other]].map((faces) => faceMask(faces, canvas));
  expect(both).toEqual(first!.map((m, i) => Math.max(m, second![i]!)));
});

test("without faces the mask is 0", () => {
  expect(faceMask([], canvas).every((m) => m === 0)).toBe(true);
});

test("boxes are scaled and shifted to a larger canvas with a border", () => {
  const small = faceMask([FACE], canvas);
  const large = faceMask([FACE], { width: 2 * WIDTH + 16, height: 2 * HEIGHT + 16, scale: 2, border: 8 });
  for (let y = 0; y < HEIGHT; y += 3)
    for (let x = 0; x < WIDTH; x += 3) {
      expect(large[(2 * y + 8) * (2 * WIDTH + 16) + 2 * x + 8]).toBeCloseTo(at(small, x, y), 6);
    }
});

test("the mask of a face that is partly or wholly outside is cropped, not changed", () => {
  const left = faceMask([{ ...FACE, x: -10 }], canvas);
  const whole = faceMask([FACE], canvas);
  // The center is at the edge: the right half remains, and nothing wraps around to the other side.
  for (let y = 0; y < HEIGHT; y++) {
    expect(at(left, 0, y)).toBe(at(whole, 60, y));
    expect(at(left, 20, y)).toBe(at(whole, 80, y));
    expect(at(left, WIDTH - 1, y)).toBe(0);
  }
  expect(faceMask([{ ...FACE, x: 900, y: -700 }], canvas).every((m) => m === 0)).toBe(true);
});
