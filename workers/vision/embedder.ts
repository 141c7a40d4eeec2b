import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster } from "../../imaging/raster.ts";
import { type Similarity, similarityBetween } from "../../imaging/similarity.ts";
import { warp } from "../../imaging/warp.ts";
import type { Landmarks } from "./landmarks.ts";
import type { Net } from "./runtime.ts";

/** Computes the embedding of each face. It is not normalized, because the quality is computed from its norm. */
export type Embedder = (picture: Raster, faces: readonly Landmarks[]) => Promise<Float32Array[]>;

/** The five landmarks in an aligned face of 112×112 pixels. ArcFace, Deng et al. 2019, insightface's `arcface_dst`. */
const ALIGNED_LANDMARKS: Landmarks = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/** The similarity transform that maps a face's landmarks to those of an aligned face. */
export const toAligned = (landmarks: Landmarks): Similarity => similarityBetween(landmarks, ALIGNED_LANDMARKS);

/** The number of faces per run of the net. More save no time on one thread but take memory: 8 faces take 17 MB. */
const BATCH = 2;

/** Aligns each face directly from the picture's pixels and runs the net on [n, 3, 112, 112]. */
export function createEmbedder(net: Net, contract: PixelContract): Embedder {
  return async (picture, faces) => {
    const embeddings: Float32Array[] = [];
    for (let start = 0; start < faces.length; start += BATCH) {
      const batch = faces.slice(start, start + BATCH);
      const input = batchOf(batch.length, contract);
      for (const [i, landmarks] of batch.entries()) {
        warp(picture, toAligned(landmarks), planesAt(input, i, contract));
      }
      const [output] = Object.values(await net.run(input, [batch.length, 3, contract.height, contract.width]));
      if (!output) throw new TypeError("The embedder model has no output.");
      const dimension = output.length / batch.length;
      for (let i = 0; i < batch.length; i++) embeddings.push(output.slice(i * dimension, (i + 1) * dimension));
    }
    return embeddings;
  };
}
