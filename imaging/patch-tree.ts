import { FEATURES, type Patches } from "./patch-features.ts";

/** Maximum number of patches in a leaf, so that a leaf spans only a few cache lines. */
const MAX_LEAF_SIZE = 8;
/**
 * Maximum number of patches in the tree. A large painting is sampled at every second or third row and column. PatchMatch finds the
 * patches between them.
 */
const MAX_PATCHES = 160_000;

/**
 * A k-d tree of a painting's patches (Bentley 1975). Each inner node splits its patches at the median of the feature with the
 * largest variance. Node i has the children 2i + 1 and 2i + 2. Leaves are stored consecutively, all at the same depth.
 */
export interface PatchTree {
  readonly inner: number;
  /** For each inner node: threshold · FEATURES + index of the feature. */
  readonly splits: Int32Array;
  /** The start of each leaf's patches, and the end of the last. */
  readonly starts: Int32Array;
  /** Indices into the painting [height·width], leaf by leaf. */
  readonly patches: Int32Array;
  /** A copy of the patches' features, leaf by leaf. */
  readonly features: Int16Array;
}

/** Builds a tree of the patches that are wholly inside the painting. There must be at least one. */
export function treeOf(painting: Patches): PatchTree {
  const patches = sampled(painting);
  const features = gathered(painting.features, patches);
  let depth = 0;
  while (patches.length >> depth > MAX_LEAF_SIZE) depth++;
  const inner = 2 ** depth - 1;
  const splits = new Int32Array(inner);
  const starts = new Int32Array(inner + 2).fill(patches.length);
  const order = new Int32Array(patches.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  const values = new Int16Array(patches.length);
  const split = (node: number, from: number, to: number) => {
    if (node >= inner) {
      starts[node - inner] = from;
      return;
    }
    const feature = mostVariedFeature(features, order, from, to);
    for (let i = from; i < to; i++) values[i] = features[order[i]! * FEATURES + feature]!;
    const middle = (from + to) >> 1;
    select(values, order, from, to - 1, middle);
    splits[node] = values[middle]! * FEATURES + feature;
    split(2 * node + 1, from, middle);
    split(2 * node + 2, middle, to);
  };
  split(0, 0, patches.length);
  return { inner, splits, starts, patches: order.map((i) => patches[i]!), features: gathered(features, order) };
}

/**
 * The nearest patch in the leaf that contains a point. It is near, but not always the nearest of all. `at` is the offset of the
 * point's features. Returns the index of the patch in the painting.
 */
export function nearest(tree: PatchTree, points: Int16Array, at: number): number {
  const { inner, splits, starts, features } = tree;
  let node = 0;
  while (node < inner) {
    const split = splits[node]!;
    // FEATURES is 16: `& 15` is the remainder and `>> 4` the quotient rounded down, also for negative numbers.
    node = 2 * node + (points[at + (split & 15)]! < split >> 4 ? 1 : 2);
  }
  let best = 0x7fffffff;
  let found = 0;
  const end = starts[node - inner + 1]!;
  for (let candidate = starts[node - inner]!; candidate < end; candidate++) {
    const distance = squaredDistance(points, at, features, candidate * FEATURES, best);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return tree.patches[found]!;
}

/** Squared distance of the features at offsets `atA` and `atB`. Stops early at `limit`: the result is exact only if below it. */
export function squaredDistance(a: Int16Array, atA: number, b: Int16Array, atB: number, limit: number): number {
  let sum = 0;
  for (let k = 0; k < FEATURES; k += 4) {
    const d0 = a[atA + k]! - b[atB + k]!;
    const d1 = a[atA + k + 1]! - b[atB + k + 1]!;
    const d2 = a[atA + k + 2]! - b[atB + k + 2]!;
    const d3 = a[atA + k + 3]! - b[atB + k + 3]!;
    sum = (sum + Math.imul(d0, d0) + Math.imul(d1, d1) + Math.imul(d2, d2) + Math.imul(d3, d3)) | 0;
    if (sum >= limit) return sum;
  }
  return sum;
}

function sampled({ width, height, radius }: Patches): Int32Array {
  const across = width - 2 * radius;
  const down = height - 2 * radius;
  const step = Math.ceil(Math.sqrt((across * down) / MAX_PATCHES));
  const patches = new Int32Array(Math.ceil(across / step) * Math.ceil(down / step));
  let count = 0;
  for (let y = radius; y < height - radius; y += step)
    for (let x = radius; x < width - radius; x += step) patches[count++] = y * width + x;
  return patches;
}

/** Copies the points at these indices into consecutive memory. */
function gathered(points: Int16Array, indices: Int32Array): Int16Array {
  const result = new Int16Array(indices.length * FEATURES);
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i]! * FEATURES;
    for (let k = 0; k < FEATURES; k++) result[i * FEATURES + k] = points[at + k]!;
  }
  return result;
}

/** The tree splits only by the first features. Later ones have the largest variance only in the smallest nodes. */
const SPLIT_FEATURES = 8;
const sums = new Float64Array(SPLIT_FEATURES);
const squares = new Float64Array(SPLIT_FEATURES);

/** The feature with the largest variance, estimated from 16 to 31 of the points. */
function mostVariedFeature(features: Int16Array, order: Int32Array, from: number, to: number): number {
  const step = Math.max(1, (to - from) >> 4);
  sums.fill(0);
  squares.fill(0);
  let count = 0;
  for (let i = from; i < to; i += step, count++) {
    const at = order[i]! * FEATURES;
    for (let k = 0; k < SPLIT_FEATURES; k++) {
      const value = features[at + k]!;
      sums[k]! += value;
      squares[k]! += value * value;
    }
  }
  let found = 0;
  let largest = -1;
  for (let k = 0; k < SPLIT_FEATURES; k++) {
    const variance = squares[k]! / count - (sums[k]! / count) ** 2;
    if (variance <= largest) continue;
    largest = variance;
    found = k;
  }
  return found;
}

/** Quickselect (Hoare 1961): partitions `values`, and `order` with it, at `middle`: none before is larger, none after is smaller. */
function select(values: Int16Array, order: Int32Array, from: number, to: number, middle: number): void {
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let i = from;
    let j = to;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      const point = order[i]!;
      values[i] = values[j]!;
      order[i] = order[j]!;
      values[j] = value;
      order[j] = point;
      i++;
      j--;
    }
    if (middle <= j) to = j;
    else if (middle >= i) from = i;
    else return;
  }
}
