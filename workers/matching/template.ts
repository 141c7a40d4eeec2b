/** A face embedding in int8, with the scale that makes it a unit vector and the model that computed it. */
export interface FaceTemplate {
  /** Catalog id of the embedder. Templates of different models are never compared. */
  modelId: string;
  /** [dimension], each in −127…127. */
  vector: Int8Array;
  /** 1 / ‖vector‖: `vector · scale` is a unit vector. */
  scale: number;
}

/**
 * Rounds an embedding [dimension] of any length to int8: q = round(127·x / max|x|). The template does not keep the embedding's length.
 * The scale is computed from the rounded vector, so rounding changes a template's direction (each component by at most half a step) but
 * not its length. Throws if the embedding is zero or not finite, which is an error of the net.
 */
export function quantize(embedding: Float32Array, modelId: string): FaceTemplate {
  let largest = 0;
  for (const x of embedding) {
    // Check explicitly, because a NaN must not be accepted.
    if (!Number.isFinite(x))
      throw new RangeError("The embedder returned an embedding with a component that is not finite.");
    largest = Math.max(largest, Math.abs(x));
  }
  if (largest === 0) throw new RangeError("The embedder returned a zero vector, which has no direction.");
  const vector = Int8Array.from(embedding, (x) => Math.round((127 * x) / largest));
  return { modelId, vector, scale: 1 / Math.sqrt(dot(vector, vector)) };
}

/** The exact dot product of two vectors of the same length. With up to 2¹⁶ components it fits into an int32. */
export function dot(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
