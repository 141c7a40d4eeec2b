import { FEATURES, type Patches } from "./patch-features.ts";

/** A leaf holds at most so many patches: what is read of it is a stretch of memory of a few cache lines. */
const LEAF = 8;
/** At most so many patches are kept: of a large painting every second or third along both sides, the rest is left to the neighbours. */
const MOST = 160_000;

/**
 * A k-d tree of a painting's patches (Bentley 1975): each inner node halves its patches at the median of the feature that
 * varies most. Node i has the children 2i + 1 and 2i + 2; leaves are one behind another, all at one depth.
 */
export interface PatchTree {
  readonly inner: number;
  /** Of each inner node the threshold times FEATURES plus the feature it is of. */
  readonly splits: Int32Array;
  /** Where the patches of each leaf begin, and one more. */
  readonly starts: Int32Array;
  /** Indices into the painting [height·width], leaf by leaf. */
  readonly patches: Int32Array;
  /** Their features once more, leaf by leaf. */
  readonly features: Int16Array;
}

/** A tree of the patches that lie wholly inside the painting; there must be one. */
export function treeOf(painting: Patches): PatchTree {
  const patches = sampled(painting);
  const features = gathered(painting.features, patches);
  let depth = 0;
  while (patches.length >> depth > LEAF) depth++;
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
    const feature = widest(features, order, from, to);
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
 * The nearest patch of the leaf into which a point falls: not always the nearest of all, but near. `at` is where the
 * point's features begin. Returns the index of the patch in the painting.
 */
export function nearest(tree: PatchTree, points: Int16Array, at: number): number {
  const { inner, splits, starts, features } = tree;
  let node = 0;
  while (node < inner) {
    const split = splits[node]!;
    // FEATURES is 16: the remainder and the quotient, rounded down, of numbers of either sign.
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

/** Of two points' features that begin at `atA` and `atB`; at least `limit` if it is no less. */
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
  const step = Math.ceil(Math.sqrt((across * down) / MOST));
  const patches = new Int32Array(Math.ceil(across / step) * Math.ceil(down / step));
  let count = 0;
  for (let y = radius; y < height - radius; y += step)
    for (let x = radius; x < width - radius; x += step) patches[count++] = y * width + x;
  return patches;
}

/** The points at these indices, one behind another. */
function gathered(points: Int16Array, indices: Int32Array): Int16Array {
  const result = new Int16Array(indices.length * FEATURES);
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i]! * FEATURES;
    for (let k = 0; k < FEATURES; k++) result[i * FEATURES + k] = points[at + k]!;
  }
  return result;
}

/** The tree splits by the first features only: among the later ones none varies most but in the smallest nodes. */
const SPLITTING = 8;
const sums = new Float64Array(SPLITTING);
const squares = new Float64Array(SPLITTING);

/** The feature with the largest variance among 16 to 31 of the points. */
function widest(features: Int16Array, order: Int32Array, from: number, to: number): number {
  const step = Math.max(1, (to - from) >> 4);
  sums.fill(0);
  squares.fill(0);
  let count = 0;
  for (let i = from; i < to; i += step, count++) {
    const at = order[i]! * FEATURES;
    for (let k = 0; k < SPLITTING; k++) {
      const value = features[at + k]!;
      sums[k]! += value;
      squares[k]! += value * value;
    }
  }
  let found = 0;
  let largest = -1;
  for (let k = 0; k < SPLITTING; k++) {
    const variance = squares[k]! / count - (sums[k]! / count) ** 2;
    if (variance <= largest) continue;
    largest = variance;
    found = k;
  }
  return found;
}

/** Orders values, and the order with them, so that none before `middle` is larger and none behind is smaller. Hoare 1961. */
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
