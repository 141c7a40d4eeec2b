import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Box,
  intersectionOverSmaller,
  intersectionOverUnion,
  type Scored,
  suppressOverlaps,
  toSquare,
} from "./boxes.ts";

const box: fc.Arbitrary<Box> = fc.record({
  x: fc.integer({ min: 0, max: 20 }),
  y: fc.integer({ min: 0, max: 20 }),
  width: fc.integer({ min: 1, max: 20 }),
  height: fc.integer({ min: 1, max: 20 }),
});
const scored: fc.Arbitrary<Scored> = fc.record({ box, confidence: fc.double({ min: 0, max: 1, noNaN: true }) });

/** The pixels of a box with integer coordinates. */
function pixels({ x, y, width, height }: Box): Set<number> {
  const inside = new Set<number>();
  for (let j = y; j < y + height; j++) for (let i = x; i < x + width; i++) inside.add(100 * j + i);
  return inside;
}

test("overlaps equal those from counting pixels", () => {
  fc.assert(
    fc.property(box, box, (a, b) => {
      const [p, q] = [pixels(a), pixels(b)];
      const shared = [...p].filter((pixel) => q.has(pixel)).length;
      expect(intersectionOverUnion(a, b)).toBeCloseTo(shared / new Set([...p, ...q]).size, 10);
      expect(intersectionOverSmaller(a, b)).toBeCloseTo(shared / Math.min(p.size, q.size), 10);
    }),
  );
});

test("of overlapping boxes the most confident is kept, and all others are kept", () => {
  fc.assert(
    fc.property(fc.array(scored, { maxLength: 12 }), (candidates) => {
      const kept = suppressOverlaps(candidates, 0.4);
      for (const candidate of candidates) {
        const rivals = kept.filter((better) => intersectionOverUnion(better.box, candidate.box) > 0.4);
        if (kept.includes(candidate)) expect(rivals).toEqual([candidate]);
        else expect(rivals.some((better) => better.confidence >= candidate.confidence)).toBe(true);
      }
    }),
  );
});

test("the square of a box has its longer side and its center", () => {
  expect(toSquare({ x: 10, y: 20, width: 30, height: 50 })).toEqual({ x: 0, y: 20, width: 50, height: 50 });
});
