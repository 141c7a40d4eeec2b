import fc from "fast-check";
import { expect, test } from "vitest";
import { anyFalseMatchRate, fmrOf, fmrPerComparison, fpirOf } from "./rates.ts";

/** The number of binary places of the fixed-point arithmetic: far more than a double has. */
const PLACES = 1200n;
const ONE = 1n << PLACES;

/** A double in [0, 1] as an exact fixed-point number. */
const exactly = (x: number) => BigInt(x * 2 ** 52 * 2 ** 200) << (PLACES - 252n);

/** 1 − (1 − p)^n by repeated squaring. */
function exactAnyFalseMatchRate(p: number, n: number): number {
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

test("the FMR per comparison gives the requested rate in total, in exact arithmetic", () => {
  fc.assert(
    fc.property(rate, gallery, (fpir, n) => {
      expect(exactAnyFalseMatchRate(fmrPerComparison(fpirOf(fpir), n), n) / fpir).toBeCloseTo(1, 10);
    }),
  );
});

test("the rate of a search is correct in exact arithmetic and inverts the FMR per comparison", () => {
  fc.assert(
    fc.property(rate, gallery, (fmr, n) => {
      const fpir = fpirOf(anyFalseMatchRate(fmrOf(fmr), n));
      expect(fpir / exactAnyFalseMatchRate(fmr, n)).toBeCloseTo(1, 10);
      if (fpir < 0.9) expect(fmrPerComparison(fpir, n) / fmr).toBeCloseTo(1, 10);
    }),
  );
});

test("in a gallery of one, the comparison gets the whole rate", () => {
  expect(fmrPerComparison(fpirOf(0.01), 1)).toBeCloseTo(0.01, 15);
});

test("a search in an empty gallery has no false matches", () => {
  expect(anyFalseMatchRate(fmrOf(0.5), 0)).toBe(0);
  expect(fmrPerComparison(fpirOf(0.01), 0)).toBe(1);
});

test("values outside [0, 1] are refused as rates", () => {
  for (const value of [-0.1, 1.1, Number.NaN]) expect(() => fmrOf(value)).toThrow(RangeError);
});
