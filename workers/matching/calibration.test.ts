import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrationOf } from "../../models/calibration.ts";
import { type Calibration, fmrAt, fnmrAt, isExtrapolated, thresholdAt } from "./calibration.ts";
import { squaredDistanceOf } from "./distance.ts";
import { qualityOf } from "./quality.ts";
import { fmrOf } from "./rates.ts";

/** Calibrations with any strictly rising curve, generated from the top down in steps of distance and ln FMR. */
const anyCalibration: fc.Arbitrary<Calibration> = fc
  .record({
    steps: fc.array(
      fc.record({
        distance: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
        ln: fc.double({ min: 0.01, max: 2, noNaN: true }),
      }),
      { minLength: 1, maxLength: 25 },
    ),
    rate: fc.double({ min: 1, max: 40, noNaN: true }),
  })
  .map(({ steps, rate }) => {
    let [distance, ln] = [3.2, 0];
    const points = steps.map((step) => {
      distance -= step.distance;
      ln -= step.ln;
      const fmr = Math.exp(ln);
      return { distance, fmr, fmrLow: fmr, fmrHigh: fmr, fnmr: (4 - distance) / 4 };
    });
    const about = { modelId: "m", dataset: "", command: "", people: 2, genuinePairs: 1, impostorPairs: 1 };
    return { ...about, curve: points.reverse(), tail: { rate }, independence: 0.9, norms: [1, 2] };
  });

const anyDistance = fc.double({ min: 0, max: 4, noNaN: true }).map(squaredDistanceOf);

test("thresholdAt is the inverse of fmrAt", () => {
  fc.assert(
    fc.property(anyCalibration, anyDistance, (calibration, distance) => {
      const targetFmr = fmrAt(distance, calibration);
      fc.pre(targetFmr > 1e-300);
      const threshold = thresholdAt({ targetFmr }, calibration);
      expect(threshold).toBeCloseTo(distance, 9);
      expect(fmrAt(threshold, calibration) / targetFmr).toBeCloseTo(1, 9);
    }),
  );
});

test("the FMR rises strictly with the distance: in the curve, above it, and in the tail", () => {
  fc.assert(
    fc.property(anyCalibration, anyDistance, anyDistance, (calibration, a, b) => {
      fc.pre(Math.abs(a - b) > 1e-6);
      const [near, far] = a < b ? [a, b] : [b, a];
      fc.pre(fmrAt(far, calibration) > 1e-300);
      expect(fmrAt(near, calibration)).toBeLessThan(fmrAt(far, calibration));
      expect(fnmrAt(near, calibration)).toBeGreaterThanOrEqual(fnmrAt(far, calibration));
    }),
  );
});

test("the measured points are exact, and only distances below them are extrapolated", () => {
  fc.assert(
    fc.property(anyCalibration, (calibration) => {
      for (const point of calibration.curve) {
        const distance = squaredDistanceOf(point.distance);
        expect(fmrAt(distance, calibration) / point.fmr).toBeCloseTo(1, 12);
        expect(fnmrAt(distance, calibration)).toBeCloseTo(point.fnmr, 12);
        expect(isExtrapolated(distance, calibration)).toBe(false);
      }
      expect(isExtrapolated(squaredDistanceOf(calibration.curve[0]!.distance - 1e-9), calibration)).toBe(true);
    }),
  );
});

test("a target FMR that no distance reaches gives the threshold 0, and a target FMR of 1 gives 4", () => {
  const calibration = calibrationOf("faceplugin-512");
  expect(thresholdAt({ targetFmr: fmrOf(1e-300) }, calibration)).toBe(0);
  expect(thresholdAt({ targetFmr: fmrOf(0) }, calibration)).toBe(0);
  expect(thresholdAt({ targetFmr: fmrOf(1) }, calibration)).toBe(4);
});

test("a requested distance is used unchanged as the threshold", () => {
  expect(thresholdAt({ distance: squaredDistanceOf(1.2345) }, calibrationOf("faceplugin-512"))).toBe(1.2345);
});

test("quality is the share of reference faces with a shorter embedding", () => {
  const { norms } = calibrationOf("faceplugin-512");
  expect(qualityOf(norms[0]! - 1, "faceplugin-512")).toBe(0);
  expect(qualityOf(norms[(norms.length - 1) / 2]!, "faceplugin-512")).toBeCloseTo(0.5, 12);
  expect(qualityOf(norms.at(-1)! + 1, "faceplugin-512")).toBe(1);
});
