/** A face, kept: its embedding in int8 with the scale that makes it a unit vector, and the model that gave it. */
export interface FaceTemplate {
  /** Catalog id of the embedder. Templates of different models are never compared. */
  modelId: string;
  /** [dimension], each in −127…127. */
  vector: Int8Array;
  /** 1 / ‖vector‖: `vector · scale` is a unit vector. */
  scale: number;
}

/**
 * Rounds an embedding [dimension] of any length to int8: q = round(127·x / max|x|). Its own length is forgotten, and the scale
 * is that of the rounded vector, so that rounding turns a template (by about half a step a component) but never stretches it.
 * An embedding without a direction (zero, or not finite) is a fault of the net's.
 */
export function quantize(embedding: Float32Array, modelId: string): FaceTemplate {
  let largest = 0;
  for (const x of embedding) {
    // Not `Math.max`: a NaN must not pass.
    if (!Number.isFinite(x)) throw new RangeError("The embedding has a component that is not finite.");
    largest = Math.max(largest, Math.abs(x));
  }
  if (largest === 0) throw new RangeError("The embedding is a zero vector: it has no direction.");
  const vector = Int8Array.from(embedding, (x) => Math.round((127 * x) / largest));
  return { modelId, vector, scale: 1 / Math.sqrt(dot(vector, vector)) };
}

/** Σ aᵢ·bᵢ of two vectors of one length, exactly: up to 2¹⁶ components fit an int32. */
export function dot(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
