import { dot, type FaceTemplate } from "./template.ts";

/** Squared L2 distance between two unit vectors, in [0, 4]: d = ‖f(x₁) − f(x₂)‖² = 2 − 2·cos. Schroff et al. 2015, eq. 1. */
export type SquaredDistance = number & { readonly __unit: "squared distance" };

/** The distance of two templates of the same model. */
export function squaredDistance(a: FaceTemplate, b: FaceTemplate): SquaredDistance {
  if (a.modelId !== b.modelId)
    throw new TypeError(`Templates of the models ${a.modelId} and ${b.modelId} cannot be compared.`);
  if (a.vector.length !== b.vector.length)
    throw new RangeError(
      `Templates of the same model have different lengths: ${a.vector.length} and ${b.vector.length}.`,
    );
  return distanceOfDot(dot(a.vector, b.vector), a.scale, b.scale);
}

/** The distance from the dot product of two int8 vectors and their scales. All comparisons use it, so their results are bit-identical. */
export function distanceOfDot(product: number, scaleA: number, scaleB: number): SquaredDistance {
  return squaredDistanceOf(2 - 2 * (product * (scaleA * scaleB)));
}

/** Makes a squared distance of a number. Values that are slightly outside [0, 4] because of rounding are clamped. */
export function squaredDistanceOf(value: number): SquaredDistance {
  return Math.min(4, Math.max(0, value)) as SquaredDistance;
}
