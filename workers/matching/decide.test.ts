import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrationOf } from "../../models/calibration.ts";
import { fmrAt } from "./calibration.ts";
import { DEFAULT_TARGET_FMR, identify, verify } from "./decide.ts";
import { squaredDistanceOf } from "./distance.ts";
import { fmrOf, fpirOf } from "./rates.ts";

const calibration = calibrationOf("faceplugin-512");
const anyDistance = fc.double({ min: 0, max: 4, noNaN: true }).map(squaredDistanceOf);

test("the nearest of a subject's templates decides, and the decision is that of its false match rate", () => {
  fc.assert(
    fc.property(fc.array(anyDistance, { minLength: 1 }), (distances) => {
      const answer = verify(distances, { targetFmr: DEFAULT_TARGET_FMR }, calibration);
      expect(answer.distance).toBe([...distances].sort((a, b) => a - b)[0]);
      expect(answer.fmr).toBe(fmrAt(answer.distance, calibration));
      fc.pre(Math.abs(answer.fmr / DEFAULT_TARGET_FMR - 1) > 1e-9);
      expect(answer.decision).toBe(answer.fmr < DEFAULT_TARGET_FMR ? "match" : "noMatch");
    }),
  );
});

test("a distance that is exactly the threshold matches", () => {
  const distance = squaredDistanceOf(1.1);
  expect(verify([distance], { distance }, calibration).decision).toBe("match");
});

test("nothing to compare with is a fault, not a decision", () => {
  expect(() => verify([], { targetFmr: fmrOf(0.01) }, calibration)).toThrow(RangeError);
});

const anyCandidates = fc
  .array(anyDistance, { maxLength: 20 })
  .map((distances) =>
    distances.sort((a, b) => a - b).map((distance, i) => ({ subjectId: `s${i}`, templateId: `t${i}`, distance })),
  );

test("identification answers those whom a stranger would resemble no more often than asked", () => {
  fc.assert(
    fc.property(
      anyCandidates,
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      (candidates, gallerySize, target) => {
        // Brute force: the chance that at least one of the gallery's templates is a false match, one after the other.
        const chance = (fmr: number) => {
          let none = 1;
          for (let i = 0; i < gallerySize; i++) none *= 1 - fmr;
          return 1 - none;
        };
        const scored = candidates.map((c) => ({ ...c, fpir: chance(fmrAt(c.distance, calibration)) }));
        fc.pre(scored.every(({ fpir }) => Math.abs(fpir / target - 1) > 1e-6));
        const expected = scored.filter(({ fpir }) => fpir < target);

        const answer = identify(candidates, gallerySize, fpirOf(target), calibration);
        expect(answer.outcome).toBe(expected.length > 0 ? "identified" : "nobody");
        if (answer.outcome === "nobody") return;
        expect(answer.candidates.map(({ templateId }) => templateId)).toEqual(expected.map((c) => c.templateId));
        answer.candidates.forEach(({ fpir }, i) => {
          expect(fpir).toBeCloseTo(expected[i]!.fpir, 9);
        });
      },
    ),
  );
});

test("the larger the gallery, the nearer a candidate has to be", () => {
  const thresholds = [1, 10, 1000, 100_000].map((n) => identify([], n, fpirOf(0.01), calibration).threshold);
  expect(thresholds).toEqual([...new Set(thresholds)].sort((a, b) => b - a));
});

test("in an empty gallery there is nobody", () => {
  expect(identify([], 0, fpirOf(0.01), calibration).outcome).toBe("nobody");
});
