import fc from "fast-check";
import { expect, test } from "vitest";
import { averageGradients, SHIFTS, windowsOver } from "./windows.ts";

/** The number of pixels at an edge of the canvas that a step may leave out. They belong to the border. */
const MARGIN = 7;
/** The minimum is 33, because a canvas has a border of 16 pixels on each side. */
const side = fc.integer({ min: 33, max: 900 });
const largest = fc.integer({ min: 80, max: 400 });

test("at every shift, windows of equal size cover the canvas except a narrow edge and stay inside it", () => {
  fc.assert(
    fc.property(side, side, largest, (width, height, limit) => {
      const windows = windowsOver({ width, height }, limit);
      expect(windows.width).toBeLessThanOrEqual(limit);
      expect(windows.height).toBeLessThanOrEqual(limit);
      for (const [axis, size, length] of [
        ["x", windows.width, width],
        ["y", windows.height, height],
      ] as const) {
        for (const shift of SHIFTS) {
          const starts = [...new Set(windows.origins.map((origin) => origin[axis] + shift[axis]))].toSorted(
            (a, b) => a - b,
          );
          expect(starts[0]).toBeGreaterThanOrEqual(0);
          expect(starts[0]).toBeLessThanOrEqual(MARGIN);
          for (const [i, start] of starts.slice(1).entries()) expect(start).toBeLessThan(starts[i]! + size);
          const end = starts.at(-1)! + size;
          expect(end).toBeLessThanOrEqual(length);
          expect(end).toBeGreaterThanOrEqual(length - MARGIN);
        }
      }
      // Every combination of a column's start and a row's start is a window exactly once.
      const corners = new Set(windows.origins.map(({ x, y }) => `${x} ${y}`));
      const count = (axis: "x" | "y") => new Set(windows.origins.map((origin) => origin[axis])).size;
      expect(corners.size).toBe(windows.origins.length);
      expect(windows.origins.length).toBe(count("x") * count("y"));
    }),
    { numRuns: 60 },
  );
});

test("the eight shifts are distinct and together cover every pixel", () => {
  expect(new Set(SHIFTS.map(({ x }) => x)).size).toBe(8);
  expect(new Set(SHIFTS.map(({ y }) => y)).size).toBe(8);
  const windows = windowsOver({ width: 50, height: 40 });
  const ends = SHIFTS.map(({ x }) => windows.origins[0]!.x + x + windows.width);
  expect(Math.max(...ends)).toBe(50);
});

test("a canvas up to the limit has one window, a larger one has several", () => {
  expect(windowsOver({ width: 100 + MARGIN, height: 60 }, 100)).toEqual({
    width: 100,
    height: 60 - MARGIN,
    origins: [{ x: 0, y: 0 }],
  });
  expect(windowsOver({ width: 101 + MARGIN, height: 60 }, 100).origins).toHaveLength(2);
});

test("gradients are averaged where windows overlap and zero where there is no window", () => {
  const canvas = { width: 5, height: 3, data: new Float32Array(45) };
  const part = (x: number, value: number) => ({ x, y: 1, width: 3, height: 2, data: new Float32Array(18).fill(value) });
  const row = [2, 2, 5, 8, 8];
  const plane = [0, 0, 0, 0, 0, ...row, ...row];
  expect([...averageGradients(canvas, [part(0, 2), part(2, 8)])]).toEqual([...plane, ...plane, ...plane]);
  const alone = [0, 0, 0, 0, 0, 2, 2, 2, 0, 0, 2, 2, 2, 0, 0];
  expect([...averageGradients(canvas, [part(0, 2)])]).toEqual([...alone, ...alone, ...alone]);
});
