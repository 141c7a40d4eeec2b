import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrationOf } from "../../models/calibration.ts";
import { fmrAt } from "./calibration.ts";
import {
  compareWithSubject,
  DEFAULT_TARGET_FMR,
  identify,
  independentComparisons,
  lookalikes,
  verify,
} from "./decide.ts";
import { squaredDistanceOf } from "./distance.ts";
import { anyFalseMatchRate, fmrOf, fpirOf } from "./rates.ts";

const calibration = calibrationOf("faceplugin-512");
const anyDistance = fc.double({ min: 0, max: 4, noNaN: true }).map(squaredDistanceOf);

test("the nearest of a subject's templates decides, and it matches if its FMR is below the target", () => {
  fc.assert(
    fc.property(fc.array(anyDistance, { minLength: 1, maxLength: 20 }), (distances) => {
      const answer = verify(distances, { targetFmr: DEFAULT_TARGET_FMR }, calibration);
      expect(answer.distance).toBe([...distances].sort((a, b) => a - b)[0]);
      fc.pre(Math.abs(answer.fmr / DEFAULT_TARGET_FMR - 1) > 1e-9);
      expect(answer.decision).toBe(answer.fmr < DEFAULT_TARGET_FMR ? "match" : "noMatch");
    }),
  );
});

test("with one template the FMR is that of the calibration; with more templates it is higher", () => {
  const [near, far] = [squaredDistanceOf(1.1), squaredDistanceOf(2)];
  const at = { targetFmr: DEFAULT_TARGET_FMR };
  const [one, two, six] = [1, 2, 6].map((m) => verify([near, ...Array(m - 1).fill(far)], at, calibration));
  expect(one!.fmr).toBeCloseTo(fmrAt(near, calibration), 15);
  expect(two!.fmr / one!.fmr).toBeCloseTo(2 ** calibration.independence, 3);
  expect(six!.threshold).toBeLessThan(two!.threshold);
  expect(anyFalseMatchRate(fmrAt(six!.threshold, calibration), 6 ** calibration.independence)).toBeCloseTo(
    DEFAULT_TARGET_FMR,
    12,
  );
});

test("a distance equal to the threshold matches", () => {
  const distance = squaredDistanceOf(1.1);
  expect(verify([distance], { distance }, calibration).decision).toBe("match");
});

test("a decision without a distance throws", () => {
  expect(() => verify([], { targetFmr: fmrOf(0.01) }, calibration)).toThrow(RangeError);
});

test("a face may be added to a subject if and only if it verifies as that subject", () => {
  const anyRate = fc.constantFrom(1e-2, 1e-4, 1e-6).map(fmrOf);
  fc.assert(
    fc.property(fc.array(anyDistance, { minLength: 1, maxLength: 20 }), anyRate, (distances, targetFmr) => {
      const { decision, distance, threshold } = verify(distances, { targetFmr }, calibration);
      const isSamePerson = decision === "match";
      expect(compareWithSubject(distances, targetFmr, calibration)).toEqual({ isSamePerson, distance, threshold });
    }),
  );
});

const anyCandidates = fc
  .array(anyDistance, { maxLength: 20 })
  .map((distances) =>
    distances.sort((a, b) => a - b).map((distance, i) => ({ subjectId: `s${i}`, templateId: `t${i}`, distance })),
  );

test("identification returns the candidates whose FPIR is below the target", () => {
  fc.assert(
    fc.property(
      anyCandidates,
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      (candidates, subjects, target) => {
        // Brute force: the probability that at least one of the subjects is a false match.
        const chance = (fmr: number) => {
          let none = 1;
          for (let i = 0; i < subjects; i++) none *= 1 - fmr;
          return 1 - none;
        };
        const scored = candidates.map((c) => ({ ...c, fpir: chance(fmrAt(c.distance, calibration)) }));
        fc.pre(scored.every(({ fpir }) => Math.abs(fpir / target - 1) > 1e-6));
        const expected = scored.filter(({ fpir }) => fpir < target);

        const answer = identify(candidates, { subjects, templates: subjects }, fpirOf(target), calibration);
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

test("the threshold of an identification falls with the size of the gallery", () => {
  const thresholds = [1, 10, 1000, 100_000].map(
    (n) => identify([], { subjects: n, templates: n }, fpirOf(0.01), calibration).threshold,
  );
  expect(thresholds).toEqual([...new Set(thresholds)].sort((a, b) => b - a));
});

test("lookalikes are the candidates that a 1:1 comparison matches, whatever the size of the gallery", () => {
  const anySize = fc.constantFrom(1, 100, 100_000).map((n) => ({ subjects: n, templates: n }));
  fc.assert(
    fc.property(anyCandidates, anySize, (candidates, size) => {
      const near = lookalikes(candidates, size, DEFAULT_TARGET_FMR, calibration);
      const matching = candidates.filter(
        ({ distance }) => verify([distance], { targetFmr: DEFAULT_TARGET_FMR }, calibration).decision === "match",
      );
      expect(near.map(({ templateId }) => templateId)).toEqual(matching.map(({ templateId }) => templateId));
      for (const { distance, fpir } of near) {
        expect(fpir).toBeCloseTo(1 - (1 - fmrAt(distance, calibration)) ** size.subjects, 9);
      }
    }),
  );
});

test("an identification in an empty gallery finds nobody", () => {
  expect(identify([], { subjects: 0, templates: 0 }, fpirOf(0.01), calibration).outcome).toBe("nobody");
});

test("more templates of a subject count less than more subjects", () => {
  const [few, many, all] = [
    { subjects: 100, templates: 100 },
    { subjects: 100, templates: 300 },
    { subjects: 300, templates: 300 },
  ].map((size) => independentComparisons(size, calibration));
  expect([few, all]).toEqual([100, 300]);
  expect(many).toBeGreaterThan(100);
  expect(many).toBeLessThan(300);
});
