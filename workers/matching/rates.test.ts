import fc from "fast-check";
import { expect, test } from "vitest";
import { fmrOf, fpirOf, ofAny, shareOf } from "./rates.ts";

/** Fixed point with this many binary places: far more than a double has. */
const PLACES = 1200n;
const ONE = 1n << PLACES;

/** A double in [0, 1], exactly. */
const exactly = (x: number) => BigInt(x * 2 ** 52 * 2 ** 200) << (PLACES - 252n);

/** 1 − (1 − p)^n by repeated squaring. */
function anyOf(p: number, n: number): number {
  let result = ONE;
  let square = ONE - exactly(p);
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) >> PLACES;
    square = (square * square) >> PLACES;
  }
  return Number((ONE - result) >> (PLACES - 1000n)) / 2 ** 1000;
}

const rate = fc.double({ min: -9, max: -0.001, noNaN: true }).map((exponent) => 10 ** exponent);
const gallery = fc.integer({ min: 1, max: 100_000 });

test("every comparison's share adds up to the rate asked for, in exact arithmetic", () => {
  fc.assert(
    fc.property(rate, gallery, (fpir, n) => {
      expect(anyOf(shareOf(fpirOf(fpir), n), n) / fpir).toBeCloseTo(1, 10);
    }),
  );
});

test("the rate of a whole search is right in exact arithmetic, and undoes the share", () => {
  fc.assert(
    fc.property(rate, gallery, (fmr, n) => {
      const fpir = fpirOf(ofAny(fmrOf(fmr), n));
      expect(fpir / anyOf(fmr, n)).toBeCloseTo(1, 10);
      if (fpir < 0.9) expect(shareOf(fpir, n) / fmr).toBeCloseTo(1, 10);
    }),
  );
});

test("a gallery of one asks of its comparison what is asked of the search", () => {
  expect(shareOf(fpirOf(0.01), 1)).toBeCloseTo(0.01, 15);
});

test("an empty gallery cannot be wrong", () => {
  expect(ofAny(fmrOf(0.5), 0)).toBe(0);
  expect(shareOf(fpirOf(0.01), 0)).toBe(1);
});

test("what is no rate is refused", () => {
  for (const value of [-0.1, 1.1, Number.NaN]) expect(() => fmrOf(value)).toThrow(RangeError);
});
