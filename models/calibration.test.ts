import { expect, test } from "vitest";
import { calibrationOf } from "./calibration.ts";
import { EMBEDDERS } from "./catalog.ts";

test("every embedder of the catalog has a calibration that can be inverted", () => {
  for (const { id } of EMBEDDERS) {
    const { modelId, curve, tail, norms } = calibrationOf(id);
    expect(modelId).toBe(id);
    expect(tail.rate).toBeGreaterThan(0);
    for (const [i, point] of curve.entries()) {
      expect(point.fmrLow).toBeLessThanOrEqual(point.fmr);
      expect(point.fmrHigh).toBeGreaterThanOrEqual(point.fmr);
      const before = curve[i - 1];
      if (!before) continue;
      expect(point.distance).toBeGreaterThan(before.distance);
      expect(point.fmr).toBeGreaterThan(before.fmr);
      expect(point.fnmr).toBeLessThanOrEqual(before.fnmr);
    }
    expect([...norms].sort((a, b) => a - b)).toEqual(norms);
  }
});
