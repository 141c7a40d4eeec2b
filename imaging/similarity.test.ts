import fc from "fast-check";
import { expect, test } from "vitest";
import { inverseOf, type Point, type Similarity, similarityBetween, transformed } from "./similarity.ts";

const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
/** Five points that do not nearly coincide. */
const five = fc
  .array(point, { minLength: 5, maxLength: 5 })
  .filter((points) => points.some(({ x, y }) => Math.hypot(x - points[0]!.x, y - points[0]!.y) > 10));

test("the similarity solves the normal equations of least squares", () => {
  fc.assert(
    fc.property(five, five, (from, to) => {
      const [a, b, tx, ty] = solveNormalEquations(from, to);
      const found = similarityBetween(from, to);
      expect(found.a).toBeCloseTo(a, 6);
      expect(found.b).toBeCloseTo(b, 6);
      expect(found.tx).toBeCloseTo(tx, 3);
      expect(found.ty).toBeCloseTo(ty, 3);
    }),
  );
});

test("a similarity is recovered from the points it maps", () => {
  const factor = fc.double({ min: 0.1, max: 3, noNaN: true });
  const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
  fc.assert(
    fc.property(five, factor, angle, point, (from, scale, turn, shift) => {
      const applied = { a: scale * Math.cos(turn), b: scale * Math.sin(turn), tx: shift.x, ty: shift.y };
      const found = similarityBetween(
        from,
        from.map((p) => transformed(applied, p)),
      );
      for (const key of ["a", "b", "tx", "ty"] as const) expect(found[key]).toBeCloseTo(applied[key], 5);
    }),
  );
});

test("a mirror image is matched without a reflection", () => {
  const from = [point2(0, 0), point2(4, 0), point2(0, 2)];
  const mirrored = from.map(({ x, y }) => point2(-x, y));
  const { a, b } = similarityBetween(from, mirrored);
  expect(a * a + b * b).toBeGreaterThan(0);
  expect(residual(similarityBetween(from, mirrored), from, mirrored)).toBeGreaterThan(1);
});

test("the inverse undoes the similarity", () => {
  fc.assert(
    fc.property(five, five, point, (from, to, p) => {
      const there = similarityBetween(from, to);
      fc.pre(Math.hypot(there.a, there.b) > 1e-3);
      const back = transformed(inverseOf(there), transformed(there, p));
      expect(back.x).toBeCloseTo(p.x, 4);
      expect(back.y).toBeCloseTo(p.y, 4);
    }),
  );
});

const point2 = (x: number, y: number): Point => ({ x, y });

function residual(s: Similarity, from: readonly Point[], to: readonly Point[]): number {
  return from.reduce((sum, p, i) => {
    const { x, y } = transformed(s, p);
    return sum + (x - to[i]!.x) ** 2 + (y - to[i]!.y) ** 2;
  }, 0);
}

/** (AᵀA)·(a, b, tx, ty) = Aᵀ·y, where each point gives the rows (x, −y, 1, 0) and (y, x, 0, 1). Gauss-Jordan with pivots. */
function solveNormalEquations(from: readonly Point[], to: readonly Point[]): [number, number, number, number] {
  const rows = from.flatMap(({ x, y }) => [
    [x, -y, 1, 0],
    [y, x, 0, 1],
  ]);
  const values = to.flatMap(({ x, y }) => [x, y]);
  const m = Array.from({ length: 4 }, (_, i) => [
    ...Array.from({ length: 4 }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, k) => sum + row[i]! * values[k]!, 0),
  ]);
  for (let i = 0; i < 4; i++) {
    const pivot = m.slice(i).reduce((best, row, k) => (Math.abs(row[i]!) > Math.abs(m[best]![i]!) ? i + k : best), i);
    [m[i], m[pivot]] = [m[pivot]!, m[i]!];
    for (let j = 0; j < 4; j++) {
      if (j === i) continue;
      const factor = m[j]![i]! / m[i]![i]!;
      for (let k = i; k < 5; k++) m[j]![k] = m[j]![k]! - factor * m[i]![k]!;
    }
  }
  return [m[0]![4]! / m[0]![0]!, m[1]![4]! / m[1]![1]!, m[2]![4]! / m[2]![2]!, m[3]![4]! / m[3]![3]!];
}
