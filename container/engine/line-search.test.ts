import { expect, test } from "vitest";
import { type LinePoint, strongWolfe } from "./line-search.ts";

/** The search along φ, with all that it tried. */
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

test("the least of a cubic is hit at the first try between two points", async () => {
  const { found, tried } = await search(
    (a) => a ** 3 - a,
    (a) => 3 * a * a - 1,
    2,
  );
  expect(tried).toHaveLength(2);
  expect(found!.length).toBeCloseTo(Math.sqrt(1 / 3), 12);
});

test("a step that is good enough is taken as it is", async () => {
  const { found, tried } = await search(
    (a) => (a - 1) ** 2,
    (a) => 2 * (a - 1),
    0.6,
  );
  expect({ length: found!.length, tried }).toEqual({ length: 0.6, tried: [0.6] });
});

test("a step that is far too short is made longer, until the slope has flattened", async () => {
  const { found, tried } = await search(
    (a) => (a - 100) ** 2,
    (a) => 2 * (a - 100),
    1,
  );
  expect(tried).toEqual([1, 2, 4, 8, 16]);
  expect(found!.length).toBe(16);
});

test("beyond the place where φ ceases to be a number a shorter step is looked for", async () => {
  const { found } = await search(
    (a) => (a < 3 ? (a - 1) ** 2 : Number.NaN),
    (a) => (a < 3 ? 2 * (a - 1) : Number.NaN),
    8,
  );
  expect(found!.length).toBeLessThan(2);
});

test("where nothing is lower, nothing is found, and the search ends", async () => {
  const { found, tried } = await search(
    (a) => a,
    () => -1,
    1,
  );
  expect(found).toBeUndefined();
  expect(tried.length).toBeLessThanOrEqual(20);
});
