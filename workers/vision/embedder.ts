import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster } from "../../imaging/raster.ts";
import { type Similarity, similarityBetween } from "../../imaging/similarity.ts";
import { warp } from "../../imaging/warp.ts";
import type { Landmarks } from "./landmarks.ts";
import type { Net } from "./runtime.ts";

/** The embedding of each face, not normalised: its norm tells the quality. */
export type Embedder = (picture: Raster, faces: readonly Landmarks[]) => Promise<Float32Array[]>;

/** Where the five landmarks stand in an aligned face of 112×112. ArcFace, Deng et al. 2019, insightface's `arcface_dst`. */
const TEMPLATE: Landmarks = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/** Moves a picture so that a face's landmarks stand where the template has them. */
export const toAligned = (landmarks: Landmarks): Similarity => similarityBetween(landmarks, TEMPLATE);

/** Faces that go through the net at once. More gain no time on one thread and cost memory: eight, 17 MB. */
const BATCH = 2;

/** Aligns each face to the template, straight from the picture's pixels, and runs the net on [n, 3, 112, 112]. */
export function createEmbedder(net: Net, contract: PixelContract): Embedder {
  return async (picture, faces) => {
    const embeddings: Float32Array[] = [];
    for (let start = 0; start < faces.length; start += BATCH) {
      const some = faces.slice(start, start + BATCH);
      const input = batchOf(some.length, contract);
      for (const [i, landmarks] of some.entries()) {
        warp(picture, toAligned(landmarks), planesAt(input, i, contract));
      }
      const [output] = Object.values(await net.run(input, [some.length, 3, contract.height, contract.width]));
      if (!output) throw new TypeError("The embedder has no output.");
      const dimension = output.length / some.length;
      for (let i = 0; i < some.length; i++) embeddings.push(output.slice(i * dimension, (i + 1) * dimension));
    }
    return embeddings;
  };
}
