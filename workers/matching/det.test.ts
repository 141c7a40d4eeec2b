import fc from "fast-check";
import { expect, test } from "vitest";
import { equalErrorRate, errorRates, type Pair, tarAt, tenFoldAccuracy } from "./det.ts";
import { squaredDistanceOf } from "./distance.ts";

/** Pairs with few different distances, so that many are equal; at least one genuine and one impostor pair. */
const anyPairs = fc
  .array(
    fc.record({ distance: fc.integer({ min: 0, max: 40 }).map((d) => squaredDistanceOf(d / 10)), same: fc.boolean() }),
    { minLength: 2, maxLength: 60 },
  )
  .filter((pairs) => pairs.some(({ same }) => same) && pairs.some(({ same }) => !same));

/** The rates by definition: count the pairs that match. */
function bruteForce(pairs: readonly Pair[], threshold: number) {
  const genuine = pairs.filter(({ same }) => same);
  const impostors = pairs.filter(({ same }) => !same);
  const matching = (kind: readonly Pair[]) => kind.filter(({ distance }) => distance <= threshold).length;
  return { fmr: matching(impostors) / impostors.length, fnmr: 1 - matching(genuine) / genuine.length };
}

test("the rates at each threshold equal those from counting", () => {
  fc.assert(
    fc.property(anyPairs, (pairs) => {
      const rates = errorRates(pairs);
      expect(rates.map(({ threshold }) => threshold)).toEqual([
        Number.NEGATIVE_INFINITY,
        ...[...new Set(pairs.map(({ distance }) => distance))].sort((a, b) => a - b),
      ]);
      for (const { threshold, fmr, fnmr } of rates) {
        const counted = bruteForce(pairs, threshold);
        expect(fmr).toBeCloseTo(counted.fmr, 12);
        expect(fnmr).toBeCloseTo(counted.fnmr, 12);
      }
    }),
  );
});

test("no threshold has a smaller difference of rates than the EER's, or a higher TAR at the same FAR", () => {
  fc.assert(
    fc.property(anyPairs, fc.double({ min: 0, max: 1, noNaN: true }), (pairs, far) => {
      const rates = errorRates(pairs);
      const equal = equalErrorRate(rates);
      const all = [-1, ...pairs.map(({ distance }) => distance)].map((threshold) => bruteForce(pairs, threshold));
      const nearest = Math.min(...all.map(({ fmr, fnmr }) => Math.abs(fmr - fnmr)));
      expect(Math.abs(equal.fmr - equal.fnmr)).toBeCloseTo(nearest, 12);
      expect(equal.eer).toBeCloseTo((equal.fmr + equal.fnmr) / 2, 12);
      const best = Math.max(...all.filter(({ fmr }) => fmr <= far).map(({ fnmr }) => 1 - fnmr));
      expect(tarAt(far, rates)).toBeCloseTo(best, 12);
    }),
  );
});

const pair = (distance: number, same: boolean): Pair => ({ distance: squaredDistanceOf(distance), same });

test("pairs that a threshold separates are all decided correctly", () => {
  const pairs = Array.from({ length: 40 }, (_, i) => pair(i < 20 ? 0.5 + i / 100 : 1.5 + i / 100, i < 20));
  expect(tenFoldAccuracy(pairs)).toEqual({ accuracy: 1, standardError: 0 });
});

test("few pairs make a fold each, and too few pairs are refused", () => {
  const few = [pair(0.4, true), pair(0.5, true), pair(1.4, false), pair(1.5, false)];
  expect(tenFoldAccuracy(few).accuracy).toBe(1);
  expect(() => tenFoldAccuracy(few.slice(1))).toThrow("two pairs");
});

test("a fold is tested with a threshold from the other folds", () => {
  // The first fold alone would be decided correctly by 1.9; the other folds give the threshold 1.
  const pairs = [
    pair(1.8, true),
    ...Array.from({ length: 9 }, () => pair(0.5, true)),
    ...Array.from({ length: 10 }, () => pair(1.5, false)),
  ];
  const { accuracy, standardError } = tenFoldAccuracy(pairs);
  expect(accuracy).toBeCloseTo((0.5 + 9) / 10, 12);
  expect(standardError).toBeCloseTo(0.05, 12);
});
