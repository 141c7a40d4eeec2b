import type { Calibration } from "../../models/calibration.ts";
import { type SquaredDistance, squaredDistanceOf } from "./distance.ts";
import { interpolate, type Knot } from "./interpolate.ts";
import type { Fmr } from "./rates.ts";

export type { Calibration } from "../../models/calibration.ts";

/** An operating point: a target false match rate, or a distance to use as the threshold. */
export type OperatingPoint = { targetFmr: Fmr } | { distance: SquaredDistance };

/**
 * The false match rate if this distance is the threshold. Between the points of the curve, ln FMR is linear in the distance. Above them
 * it rises linearly to 0 (FMR 1) at distance 4. Below them the FMR falls exponentially ({@link isExtrapolated}).
 */
export function fmrAt(distance: SquaredDistance, calibration: Calibration): Fmr {
  const knots = logFmr(calibration);
  const below = Math.min(0, distance - knots[0]!.x);
  return Math.exp(interpolate(knots, distance) + calibration.tail.rate * below) as Fmr;
}

/**
 * The greatest distance whose false match rate is at most the target: the inverse of {@link fmrAt}. Returns 0 if even distance 0 has a
 * higher rate.
 */
export function thresholdAt(point: OperatingPoint, calibration: Calibration): SquaredDistance {
  if ("distance" in point) return point.distance;
  const knots = logFmr(calibration);
  const target = Math.log(point.targetFmr);
  const below = Math.min(0, target - knots[0]!.y);
  const distance = interpolate(
    knots.map(({ x, y }) => ({ x: y, y: x })),
    target,
  );
  return squaredDistanceOf(distance + below / calibration.tail.rate);
}

/** The false non-match rate, in [0, 1], if this distance is the threshold. */
export function fnmrAt(distance: SquaredDistance, { curve }: Calibration): number {
  const measured = curve.map(({ distance: x, fnmr: y }) => ({ x, y }));
  return interpolate([{ x: 0, y: 1 }, ...measured, { x: 4, y: 0 }], distance);
}

/** Whether the false match rate of this distance is extrapolated by the tail, because too few pairs were measured below it. */
export function isExtrapolated(distance: SquaredDistance, { curve }: Calibration): boolean {
  return distance < (curve[0]?.distance ?? 4);
}

/** The curve as (distance, ln FMR), up to the distance at which each pair matches. */
function logFmr({ curve }: Calibration): Knot[] {
  return [...curve.map(({ distance, fmr }) => ({ x: distance, y: Math.log(fmr) })), { x: 4, y: 0 }];
}
