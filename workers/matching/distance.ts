import { dot, type FaceTemplate } from "./template.ts";

/** Squared L2 distance between two unit vectors, in [0, 4]: d = ‖f(x₁) − f(x₂)‖² = 2 − 2·cos. Schroff et al. 2015, eq. 1. */
export type SquaredDistance = number & { readonly __unit: "squared distance" };

/** The distance of two templates of one model. */
export function squaredDistance(a: FaceTemplate, b: FaceTemplate): SquaredDistance {
  if (a.modelId !== b.modelId) throw new TypeError(`Templates of ${a.modelId} and ${b.modelId} cannot be compared.`);
  if (a.vector.length !== b.vector.length) throw new RangeError("Templates of one model have different lengths.");
  return distanceOfDot(dot(a.vector, b.vector), a.scale, b.scale);
}

/** From the dot product of two int8 vectors and their scales. Whoever compares templates goes through here: same bits everywhere. */
export function distanceOfDot(product: number, scaleA: number, scaleB: number): SquaredDistance {
  return squaredDistanceOf(2 - 2 * (product * (scaleA * scaleB)));
}

/** Takes a number for a squared distance; what rounding put outside [0, 4] comes back to its end. */
export function squaredDistanceOf(value: number): SquaredDistance {
  return Math.min(4, Math.max(0, value)) as SquaredDistance;
}
