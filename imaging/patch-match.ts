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

/** The features of a picture's rows from `first` up to `end`, [(end − first)·width, FEATURES]. */
export type FeatureRows = (first: number, end: number) => Int16Array;

/**
 * The features of so many pixels are in memory as a whole, 10 MB of them, and reckoned once: a picture of 512×512 and its border.
 * Of a larger one each sweep reckons them anew, a few rows before they are looked at.
 */
const AT_ONCE = 300_000;
/** Pixels of those few rows. */
const IN_PASSING = 50_000;

/** How far around its patch a pixel looks for a better one, each time half as far; the tree finds what is farther away. */
const REACHES = [2, 1];
/** No patch continues a neighbour that is not there. */
const NONE = -1;
/** Two candidates from neighbours, one from the tree, and random ones. */
const ATTEMPTS = 3 + REACHES.length;

/**
 * Improves a field in place. Each pixel tries the patches beside those of the two neighbours gone over before it
 * (PatchMatch; Barnes et al. 2009, §3.2), in the first sweep the one that a k-d tree finds for it (He & Sun 2012), and random
 * ones close by. It keeps the one with the least energy: the squared distance, and `apart` for each of four neighbours
 * whose patch does not continue it, for what hangs together in the painting is a stroke (Ashikhmin 2001 copies such
 * patches by preference). No step makes the sum over all pixels and pairs larger.
 */
export function matchPatches(
  rows: FeatureRows,
  painting: Patches,
  tree: PatchTree,
  field: Field,
  { sweeps, apart, random }: Search,
): void {
  const { width, height, patches } = field;
  const { features } = painting;
  const stride = painting.width;
  const count = painting.width * painting.height;
  const band = width * height <= AT_ONCE ? height : Math.max(1, Math.floor(IN_PASSING / width));
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
        // The patches that would continue the neighbours', or NONE.
        const left = x > 0 ? patches[i - 1]! + 1 : NONE;
        const right = x < width - 1 ? patches[i + 1]! - 1 : NONE;
        const above = y > 0 ? patches[i - width]! + stride : NONE;
        const below = y < height - 1 ? patches[i + width]! - stride : NONE;
        let best = patches[i]!;
        const present = squaredDistance(points, at, features, best * FEATURES, 0x7fffffff);
        let energy = present - apart * joined(best, left, right, above, below);
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          let patch = NONE;
          if (attempt === 0) patch = step > 0 ? left : right;
          else if (attempt === 1) patch = step > 0 ? above : below;
          // From here on candidates stand alone, and no distance is less than 0.
          else if (energy <= 0) break;
          else if (attempt > 2) patch = best + jump(random(), REACHES[attempt - 3]!, stride);
          else if (sweep === 0) patch = nearest(tree, points, at);
          if (patch === best || patch < 0 || patch >= count) continue;
          const bonus = apart * joined(patch, left, right, above, below);
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

/** How many of the four neighbours a patch continues. */
const joined = (patch: number, left: number, right: number, above: number, below: number): number =>
  (patch === left ? 1 : 0) + (patch === right ? 1 : 0) + (patch === above ? 1 : 0) + (patch === below ? 1 : 0);

/** From a patch to another at most `reach` columns and rows away, drawn from 32 random bits. */
const jump = (bits: number, reach: number, stride: number): number =>
  ((((bits >>> 16) * (2 * reach + 1)) >>> 16) - reach) * stride + (((bits & 0xffff) * (2 * reach + 1)) >>> 16) - reach;
