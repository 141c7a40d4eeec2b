import type { Model } from "./onnx.ts";

/**
 * A smaller weight does not change a float32 sum, but its products with small activations are denormal numbers, which processors
 * multiply many times slower. 16 % of the embedder's weights are smaller. Without them it runs 1.2 to 1.7 times faster in WASM, and
 * its embeddings have a cosine of 1.0 with the original ones.
 */
const NEGLIGIBLE = 1e-15;

/** Sets the negligible weights of a model to zero, in place. */
export function flush(model: Model): void {
  for (const { data } of model.graph.initializers) {
    if (!(data instanceof Float32Array)) continue;
    for (let i = 0; i < data.length; i++) if (Math.abs(data[i]!) < NEGLIGIBLE) data[i] = 0;
  }
}
