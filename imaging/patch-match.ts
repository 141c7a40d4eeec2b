import { FEATURES, type Patches } from "./patch-features.ts";
import { nearest, type PatchTree, squaredDistance } from "./patch-tree.ts";

/** For each pixel of a picture [height, width], the matched patch of the painting: the index of the patch's center. */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly patches: Int32Array;
}

export interface Search {
  /** The number of sweeps over the picture, alternately from the top left and from the bottom right. */
  readonly sweeps: number;
  /** The penalty for each neighbor whose patch is not adjacent to the pixel's own, as a squared feature distance. */
  readonly breakPenalty: number;
  /** Random 32-bit integers. */
  readonly random: () => number;
}

/** The features of a picture's rows from `first` up to `end`, [(end − first)·width, FEATURES]. */
export type FeatureRows = (first: number, end: number) => Int16Array;

/**
 * Up to this many pixels (512×512 and its border), all features are computed once and kept in memory: 10 MB. For a larger picture,
 * each sweep computes them again, a few rows at a time.
 */
const MAX_CACHED_PIXELS = 300_000;
/** Pixels in those few rows. */
const BAND_PIXELS = 50_000;

/** Radii of the random search around a pixel's patch, each half the one before. The tree finds patches that are farther away. */
const SEARCH_RADII = [2, 1];
/** No patch: the neighbor does not exist. */
const NONE = -1;
/** Two candidates from neighbors, one from the tree, and the random ones. */
const ATTEMPTS = 3 + SEARCH_RADII.length;

/**
 * Improves a field in place. Each pixel tries the patches adjacent to those of its two previously visited neighbors (PatchMatch;
 * Barnes et al. 2009, §3.2), in the first sweep also the patch that a k-d tree finds for it (He & Sun 2012), and random patches
 * nearby. It keeps the patch with the least energy: the squared distance, plus `breakPenalty` for each of four neighbors whose patch does
 * not continue it. Contiguous areas of the painting are strokes, which this term keeps together (Ashikhmin 2001 also prefers
 * such patches). No step increases the total energy over all pixels and pairs.
 */
export function matchPatches(
  rows: FeatureRows,
  painting: Patches,
  tree: PatchTree,
  field: Field,
  { sweeps, breakPenalty, random }: Search,
): void {
  const { width, height, patches } = field;
  const { features } = painting;
  const stride = painting.width;
  const count = painting.width * painting.height;
  const band = width * height <= MAX_CACHED_PIXELS ? height : Math.max(1, Math.floor(BAND_PIXELS / width));
  let first = 0;
  let end = 0;
  let points: Int16Array = new Int16Array();

  for (let sweep = 0; sweep < sweeps; sweep++) {
    const step = sweep % 2 === 0 ? 1 : -1;
    for (let j = 0; j < height; j++) {
      const y = step > 0 ? j : height - 1 - j;
      if (y < first || y >= end) {
        first = y - (y % band);
        end = Math.min(height, first + band);
        points = rows(first, end);
      }
      for (let k = 0; k < width; k++) {
        const x = step > 0 ? k : width - 1 - k;
        const i = y * width + x;
        const at = (i - first * width) * FEATURES;
        // The patches that would continue the neighbors' patches, or NONE.
        const left = x > 0 ? patches[i - 1]! + 1 : NONE;
        const right = x < width - 1 ? patches[i + 1]! - 1 : NONE;
        const above = y > 0 ? patches[i - width]! + stride : NONE;
        const below = y < height - 1 ? patches[i + width]! - stride : NONE;
        let best = patches[i]!;
        const present = squaredDistance(points, at, features, best * FEATURES, 0x7fffffff);
        let energy = present - breakPenalty * continuedNeighbors(best, left, right, above, below);
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          let patch = NONE;
          if (attempt === 0) patch = step > 0 ? left : right;
          else if (attempt === 1) patch = step > 0 ? above : below;
          // The remaining candidates continue no neighbor, and no distance is less than 0.
          else if (energy <= 0) break;
          else if (attempt > 2) patch = best + jump(random(), SEARCH_RADII[attempt - 3]!, stride);
          else if (sweep === 0) patch = nearest(tree, points, at);
          if (patch === best || patch < 0 || patch >= count) continue;
          const bonus = breakPenalty * continuedNeighbors(patch, left, right, above, below);
          const d = squaredDistance(points, at, features, patch * FEATURES, energy + bonus);
          if (d >= energy + bonus) continue;
          best = patch;
          energy = d - bonus;
        }
        patches[i] = best;
      }
    }
  }
}

/** The number of neighbors (0 to 4) that a patch continues. */
const continuedNeighbors = (patch: number, left: number, right: number, above: number, below: number): number =>
  (patch === left ? 1 : 0) + (patch === right ? 1 : 0) + (patch === above ? 1 : 0) + (patch === below ? 1 : 0);

/** A random offset to a patch at most `reach` columns and rows away, from 32 random bits. */
const jump = (bits: number, reach: number, stride: number): number =>
  ((((bits >>> 16) * (2 * reach + 1)) >>> 16) - reach) * stride + (((bits & 0xffff) * (2 * reach + 1)) >>> 16) - reach;
