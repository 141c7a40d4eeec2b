import { expect, test } from "vitest";
import { type LinePoint, strongWolfe } from "./line-search.ts";

/** Searches along φ and records every length that was tried. */
async function search(value: (a: number) => number, slope: (a: number) => number, first: number) {
  const tried: number[] = [];
  const at = (length: number): LinePoint => ({ length, value: value(length), slope: slope(length) });
  const found = await strongWolfe(
    async (length) => {
      tried.push(length);
      return at(length);
    },
    at(0),
    first,
  );
  return { found, tried };
}

test("the minimum of a cubic is found at the first interpolation", async () => {
  const { found, tried } = await search(
    (a) => a ** 3 - a,
    (a) => 3 * a * a - 1,
    2,
  );
  expect(tried).toHaveLength(2);
  expect(found!.length).toBeCloseTo(Math.sqrt(1 / 3), 12);
});

test("a first step that satisfies the conditions is accepted", async () => {
  const { found, tried } = await search(
    (a) => (a - 1) ** 2,
    (a) => 2 * (a - 1),
    0.6,
  );
  expect({ length: found!.length, tried }).toEqual({ length: 0.6, tried: [0.6] });
});

test("a step that is too short is doubled until the slope is flat enough", async () => {
  const { found, tried } = await search(
    (a) => (a - 100) ** 2,
    (a) => 2 * (a - 100),
    1,
  );
  expect(tried).toEqual([1, 2, 4, 8, 16]);
  expect(found!.length).toBe(16);
});

test("if φ is NaN, a shorter step is tried", async () => {
  const { found } = await search(
    (a) => (a < 3 ? (a - 1) ** 2 : Number.NaN),
    (a) => (a < 3 ? 2 * (a - 1) : Number.NaN),
    8,
  );
  expect(found!.length).toBeLessThan(2);
});

test("if no point is lower, the search ends without a result", async () => {
  const { found, tried } = await search(
    (a) => a,
    () => -1,
    1,
  );
  expect(found).toBeUndefined();
  expect(tried.length).toBeLessThanOrEqual(20);
});
