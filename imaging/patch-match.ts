import { FEATURES, type Patches } from "./patch-features.ts";
import { nearest, type PatchTree, squaredDistance } from "./patch-tree.ts";

/** For each pixel of a picture [height, width] the patch of the painting it is matched with: the index of its centre there. */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly patches: Int32Array;
}

export interface Search {
  /** How often the picture is gone over, in turns from the top left and from the bottom right. */
  readonly sweeps: number;
  /** What each neighbour costs whose patch does not lie beside the pixel's own, as a squared distance of features. */
  readonly apart: number;
  /** Whole numbers of 32 bits. */
  readonly random: () => number;
}

/** How far around its patch a pixel looks for a better one, each time half as far; the tree finds what is farther away. */
const REACHES = [2, 1];
/** No patch continues a neighbour that is not there. */
const NONE = -1;
/** A candidate from the tree, two from neighbours, and random ones. */
const ATTEMPTS = 3 + REACHES.length;

/**
 * Improves a field in place. Each pixel tries the patch a k-d tree finds for it (in the first sweep; He & Sun 2012), the
 * patches beside those of the two neighbours gone over before it, and random ones around the best so far (PatchMatch; Barnes et al. 2009, §3.2). It keeps what has the least energy: squared distance, and `apart` for each
 * neighbour whose patch does not continue it (as Ashikhmin 2001 prefers such candidates); so what is copied hangs
 * together, which is what makes strokes of it. No step makes the sum of all energies larger.
 */
export function matchPatches(picture: Patches, painting: Patches, tree: PatchTree, field: Field, search: Search): void {
  const { width, height, patches } = field;
  const { sweeps, apart, random } = search;
  const points = picture.features;
  const { features } = painting;
  const stride = painting.width;
  const count = painting.width * painting.height;
  const distances = new Int32Array(width * height);
  for (let i = 0; i < distances.length; i++)
    distances[i] = squaredDistance(points, i * FEATURES, features, patches[i]! * FEATURES, 0x7fffffff);

  for (let sweep = 0; sweep < sweeps; sweep++) {
    const step = sweep % 2 === 0 ? 1 : -1;
    for (let j = 0; j < height; j++) {
      const y = step > 0 ? j : height - 1 - j;
      for (let k = 0; k < width; k++) {
        const x = step > 0 ? k : width - 1 - k;
        const i = y * width + x;
        const at = i * FEATURES;
        // The patches that would continue the neighbours', or NONE.
        const left = x > 0 ? patches[i - 1]! + 1 : NONE;
        const right = x < width - 1 ? patches[i + 1]! - 1 : NONE;
        const above = y > 0 ? patches[i - width]! + stride : NONE;
        const below = y < height - 1 ? patches[i + width]! - stride : NONE;
        let best = patches[i]!;
        let distance = distances[i]!;
        let energy = distance - apart * joined(best, left, right, above, below);
        for (let attempt = sweep === 0 ? 0 : 1; attempt < ATTEMPTS; attempt++) {
          let patch = step > 0 ? left : right;
          if (attempt === 0) patch = nearest(tree, points, at);
          else if (attempt === 2) patch = step > 0 ? above : below;
          else if (attempt > 2) patch = best + jump(random(), REACHES[attempt - 3]!, stride);
          if (patch === best || patch < 0 || patch >= count) continue;
          const bonus = apart * joined(patch, left, right, above, below);
          const d = squaredDistance(points, at, features, patch * FEATURES, energy + bonus);
          if (d >= energy + bonus) continue;
          best = patch;
          distance = d;
          energy = d - bonus;
        }
        patches[i] = best;
        distances[i] = distance;
      }
    }
  }
}

/** How many of the four neighbours a patch continues. */
const joined = (patch: number, left: number, right: number, above: number, below: number): number =>
  (patch === left ? 1 : 0) + (patch === right ? 1 : 0) + (patch === above ? 1 : 0) + (patch === below ? 1 : 0);

/** From a patch to another at most `reach` columns and rows away, drawn from 32 random bits. */
const jump = (bits: number, reach: number, stride: number): number =>
  ((((bits >>> 16) * (2 * reach + 1)) >>> 16) - reach) * stride + (((bits & 0xffff) * (2 * reach + 1)) >>> 16) - reach;
