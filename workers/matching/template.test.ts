import fc from "fast-check";
import { expect, test } from "vitest";
import { distanceOfDot, squaredDistance, squaredDistanceOf } from "./distance.ts";
import { dot, type FaceTemplate, quantize } from "./template.ts";

const embedding = fc
  .float32Array({ minLength: 512, maxLength: 512, min: -40, max: 40, noNaN: true })
  .filter((x) => x.some((v) => Math.abs(v) > 1e-3));

/** The unit vector that a template represents, in float64. */
const dequantised = ({ vector, scale }: FaceTemplate) => Array.from(vector, (q) => q * scale);

test("a template represents a unit vector, whatever the embedding's length", () => {
  fc.assert(
    fc.property(embedding, (x) => {
      const template = quantize(x, "m");
      expect(Math.hypot(...dequantised(template))).toBeCloseTo(1, 12);
      expect(Math.max(...template.vector.map(Math.abs))).toBe(127);
    }),
  );
});

test("rounding changes no component by more than half a step", () => {
  fc.assert(
    fc.property(embedding, (x) => {
      const step = Math.max(...x.map(Math.abs)) / 127;
      quantize(x, "m").vector.forEach((q, i) => {
        expect(Math.abs(q * step - x[i]!)).toBeLessThanOrEqual(step * 0.5000001);
      });
    }),
  );
});

test("an embedding that is zero or not finite is refused", () => {
  expect(() => quantize(new Float32Array(512), "m")).toThrow("zero vector");
  expect(() => quantize(Float32Array.of(1, Number.NaN), "m")).toThrow("not finite");
  expect(() => quantize(Float32Array.of(1, Number.POSITIVE_INFINITY), "m")).toThrow("not finite");
});

test("the distance of int8 templates equals that of the dequantized vectors", () => {
  fc.assert(
    fc.property(embedding, embedding, (x, y) => {
      const [a, b] = [quantize(x, "m"), quantize(y, "m")];
      const [u, v] = [dequantised(a), dequantised(b)];
      const slow = u.reduce((sum, ui, i) => sum + (ui - v[i]!) ** 2, 0);
      expect(squaredDistance(a, b)).toBeCloseTo(slow, 12);
      expect(squaredDistance(b, a)).toBe(squaredDistance(a, b));
    }),
  );
});

test("rounding changes the distance of two embeddings by less than 0.01", () => {
  fc.assert(
    fc.property(embedding, embedding, (x, y) => {
      const unit = (v: Float32Array) => Array.from(v, (c) => c / Math.hypot(...v));
      const [u, v] = [unit(x), unit(y)];
      const exact = u.reduce((sum, ui, i) => sum + (ui - v[i]!) ** 2, 0);
      expect(Math.abs(squaredDistance(quantize(x, "m"), quantize(y, "m")) - exact)).toBeLessThan(0.01);
    }),
  );
});

test("a template is at distance 0 from itself and at 4 from its opposite", () => {
  const a = quantize(Float32Array.of(3, -4, 12), "m");
  const opposite = { ...a, vector: a.vector.map((q) => -q) };
  expect(squaredDistance(a, a)).toBeCloseTo(0, 12);
  expect(squaredDistance(a, opposite)).toBeCloseTo(4, 12);
  expect(distanceOfDot(dot(a.vector, a.vector), a.scale, a.scale * 1.001)).toBe(0);
  expect(squaredDistanceOf(4.000000001)).toBe(4);
});

test("templates of different models are never compared", () => {
  const x = Float32Array.of(1, 2);
  expect(() => squaredDistance(quantize(x, "one"), quantize(x, "another"))).toThrow("cannot be compared");
});
