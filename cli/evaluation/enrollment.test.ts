import { expect, test } from "vitest";
import { calibrationOf } from "../../models/calibration.ts";
import { quantize } from "../../workers/matching/template.ts";
import { evaluateEnrollment } from "./enrollment.ts";

/** A face at an angle, in degrees, in the plane of the first two dimensions: the squared distance of two is 2 − 2·cos. */
const face = (degrees: number) => {
  const radians = (degrees * Math.PI) / 180;
  return quantize(Float32Array.of(Math.cos(radians), Math.sin(radians)), "faceplugin-512");
};
/** The default threshold, 1.18, is an angle of 66 degrees. */
const accepted = new Map([
  ["a0", face(0)],
  ["a1", face(60)],
  ["a2", face(110)],
  ["b0", face(180)],
  ["b1", face(90)],
]);
const calibration = calibrationOf("faceplugin-512");

test("the rates count only pairs whose pictures are both accepted", () => {
  const pairs = [
    { a: "a0", b: "a1", same: true },
    { a: "b0", b: "b1", same: true },
    { a: "a0", b: "not accepted", same: true },
    { a: "a1", b: "b1", same: false },
    { a: "a0", b: "b0", same: false },
    { a: "a0", b: "b1", same: false },
  ];
  expect(evaluateEnrollment(pairs, undefined, accepted, calibration)).toMatchObject({
    targetFmr: 1e-4,
    genuineRefused: { count: 1, of: 2 },
    strangersAdded: { count: 1, of: 3 },
  });
});

test("in a series, a picture is compared with all pictures enrolled before it, but not with refused ones", () => {
  const seriesOf = (...paths: string[]) => evaluateEnrollment([], [paths], accepted, calibration).seriesRefused;
  expect(seriesOf("a0", "a1", "a2")).toMatchObject({ count: 0, of: 2 });
  expect(seriesOf("a0", "a2", "a1")).toMatchObject({ count: 1, of: 2 });
  expect(seriesOf("a0", "b0", "b1", "not accepted")).toMatchObject({ count: 2, of: 2 });
  expect(seriesOf("a0")).toMatchObject({ count: 0, of: 0 });
});
