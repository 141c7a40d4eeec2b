/** A float64 tensor in row-major order, for slow and simple reference implementations. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The tensor with the value f(index) at each index. */
export function tensor(shape: readonly number[], f: (index: readonly number[]) => number): Tensor {
  return { shape, data: Float64Array.from(indices(shape), f) };
}

/** Every index of a shape, the last axis fastest. A scalar has one: []. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (found, n) => found.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The number at an index, or `beyond` if the index is out of range. */
export function at({ shape, data }: Tensor, index: readonly number[], beyond = 0): number {
  let position = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const i = index[axis]!;
    if (i < 0 || i >= shape[axis]!) return beyond;
    position = position * shape[axis]! + i;
  }
  return data[position]!;
}

export const map = ({ shape, data }: Tensor, f: (v: number, position: number) => number): Tensor => ({
  shape,
  data: data.map(f),
});

/**
 * Reads a tensor with NumPy's broadcasting: ignores leading axes that it does not have, and uses index 0 along axes of
 * size 1.
 */
export const broadcastAt = (t: Tensor, index: readonly number[]): number =>
  at(
    t,
    t.shape.map((n, axis) => (n === 1 ? 0 : index[index.length - t.shape.length + axis]!)),
  );

/** Uniform random numbers in [low, high), exact in float32 and the same for the same seed. Park and Miller 1988. */
export function random(shape: readonly number[], seed: number, low = -1, high = 1): Tensor {
  let state = (seed % 2147483646) + 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < 10; i++) next();
  return tensor(shape, () => Math.fround(low + (high - low) * next()));
}

/**
 * Like `random`, but each number is at least `gap` from every other and half of it from 0, so that no kink is between x
 * − h and x + h.
 */
export function distinct(shape: readonly number[], seed: number, gap = 0.05): Tensor {
  const order = random(shape, seed);
  const ranks = new Map(
    [...order.data.keys()].toSorted((p, q) => order.data[p]! - order.data[q]!).map((p, i) => [p, i]),
  );
  const middle = Math.floor(order.data.length / 2);
  return map(order, (_, position) => Math.fround((ranks.get(position)! - middle + 0.5) * gap));
}

/** ‖a − b‖ / ‖b‖, or ‖a − b‖ if b is zero. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let [squaredDifference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    squaredDifference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(squaredDifference) / (size > 1e-12 ? Math.sqrt(size) : 1);
}
