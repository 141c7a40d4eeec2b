/** Operators that rearrange numbers without changing them. */
import { emit, integers, type Shape, sameShape, scalar, sizeOf, throwShapeError, type Value } from "./value.ts";

/** Changes the shape.  ∂L/∂a = dy in the shape of a. */
export function reshape(a: Value, shape: Shape): Value {
  if (sizeOf(a.shape) !== sizeOf(shape))
    throwShapeError("Reshape", [a], `it cannot be reshaped to [${shape.join(", ")}]`);
  if (sameShape(a.shape, shape)) return a;
  return emit("Reshape", [a, integers(shape)], {
    shape,
    gradients: [(dy) => reshape(dy, a.shape)],
    fold: (numbers) => numbers,
  });
}

/** Axis i of the result is axis order[i] of a.  ∂L/∂a is dy transposed back. */
export function transpose(a: Value, order: readonly number[]): Value {
  if (order.length !== a.shape.length || order.some((_, axis) => !order.includes(axis)))
    throwShapeError("Transpose", [a], `${order.join(", ")} is not a permutation of its axes`);
  if (order.every((axis, i) => axis === i)) return a;
  const back = order.map((_, axis) => order.indexOf(axis));
  const shape = order.map((axis) => a.shape[axis]!);
  return emit("Transpose", [a], {
    shape,
    attributes: { perm: order.map(BigInt) },
    gradients: [(dy) => transpose(dy, back)],
    fold: (numbers) => gather(numbers, shape, stridesOf(a.shape), order),
  });
}

interface Range {
  axis: number;
  from: number;
  /** Exclusive. */
  to: number;
  step?: number;
}

/** Takes every `step`-th position of [from, to) along each given axis.  ∂L/∂a = dy at those positions, 0 elsewhere. */
export function slice(a: Value, ranges: readonly Range[]): Value {
  const nonTrivial = ranges.filter(({ axis, from, to, step = 1 }) => from !== 0 || to !== a.shape[axis] || step !== 1);
  if (nonTrivial.length === 0) return a;
  let shape = a.shape;
  for (const { axis, from, to, step = 1 } of nonTrivial) {
    if (from < 0 || to > (a.shape[axis] ?? 0) || from >= to || step < 1)
      throwShapeError("Slice", [a], `axis ${axis} has no positions from ${from} to ${to} by ${step}`);
    shape = shape.with(axis, Math.ceil((to - from) / step));
  }
  const field = (of: (range: Range) => number) => integers(nonTrivial.map(of));
  return emit("Slice", [a, field((r) => r.from), field((r) => r.to), field((r) => r.axis), field((r) => r.step ?? 1)], {
    shape,
    gradients: [(dy) => placeSlice(dy, nonTrivial, a.shape)],
  });
}

/** The transpose of a slice: zeros of `shape`, with `a` at the positions that the slice would take. */
export const placeSlice = (a: Value, ranges: readonly Range[], shape: Shape): Value =>
  ranges.reduce((placed, { axis, from, step = 1 }) => spaceOut(placed, axis, from, step, shape[axis]!), a);

/** Spaces the positions of one axis `step` apart, starting at `from`, in an axis of `size` filled with zeros. */
function spaceOut(a: Value, axis: number, from: number, step: number, size: number): Value {
  const n = a.shape[axis]!;
  const extraAxis = [...a.shape.slice(0, axis + 1), 1, ...a.shape.slice(axis + 1)];
  const spaced = reshape(
    pad(reshape(a, extraAxis), [{ axis: axis + 1, before: 0, after: step - 1 }]),
    a.shape.with(axis, n * step),
  );
  const end = from + n * step;
  const cropped = end > size ? slice(spaced, [{ axis, from: 0, to: size - from }]) : spaced;
  return pad(cropped, [{ axis, before: from, after: Math.max(0, size - end) }]);
}

interface Margin {
  axis: number;
  before: number;
  after: number;
}

/** Pads with a constant.  ∂L/∂a = dy without the border. */
export function pad(a: Value, margins: readonly Margin[], value = 0): Value {
  const kept = margins.filter(({ before, after }) => before !== 0 || after !== 0);
  if (kept.length === 0) return a;
  if (kept.some(({ axis, before, after }) => a.shape[axis] === undefined || before < 0 || after < 0))
    throwShapeError(
      "Pad",
      [a],
      `it cannot have a border of ${kept.map((m) => `${m.before} and ${m.after} on axis ${m.axis}`).join(", ")}`,
    );
  let shape = a.shape;
  for (const { axis, before, after } of kept) shape = shape.with(axis, a.shape[axis]! + before + after);
  const widths = integers(
    [...a.shape.keys()]
      .map((axis) => kept.find((m) => m.axis === axis)?.before ?? 0)
      .concat([...a.shape.keys()].map((axis) => kept.find((m) => m.axis === axis)?.after ?? 0)),
  );
  return emit("Pad", value === 0 ? [a, widths] : [a, widths, scalar(value)], {
    shape,
    attributes: { mode: "constant" },
    gradients: [
      (dy) =>
        slice(
          dy,
          kept.map(({ axis, before }) => ({ axis, from: before, to: before + a.shape[axis]! })),
        ),
    ],
  });
}

/** Pads with mirrored content, without repeating the edge. Built from slices, which have gradients. */
export function reflect(a: Value, margins: readonly Margin[]): Value {
  return margins.reduce((padded, { axis, before, after }) => {
    const size = padded.shape[axis]!;
    if (before >= size || after >= size)
      throwShapeError("Pad (reflect)", [a], `axis ${axis} must be longer than its border`);
    const mirrored = (from: number, to: number) =>
      to > from ? [reverse(slice(padded, [{ axis, from, to }]), [axis])] : [];
    return concatenate([...mirrored(1, before + 1), padded, ...mirrored(size - 1 - after, size - 1)], axis);
  }, a);
}

/** Joins parts along an axis.  ∂L/∂xᵢ is the corresponding slice of dy. */
export function concatenate(parts: readonly Value[], axis: number): Value {
  const [first] = parts;
  if (!first) throw new Error("Concat needs at least one part.");
  if (parts.length === 1) return first;
  let end = 0;
  const ends = parts.map((part) => {
    if (!sameShape(part.shape.toSpliced(axis, 1), first.shape.toSpliced(axis, 1)) || part.shape[axis] === undefined)
      throwShapeError("Concat", parts, `the shapes may differ only in axis ${axis}`);
    end += part.shape[axis]!;
    return end;
  });
  return emit("Concat", parts, {
    shape: first.shape.with(axis, end),
    attributes: { axis: BigInt(axis) },
    gradients: parts.map(
      (part, i) => (dy: Value) => slice(dy, [{ axis, from: ends[i]! - part.shape[axis]!, to: ends[i]! }]),
    ),
  });
}

/** Rotates an axis by `by` positions: positions shifted past the end reappear at the beginning. */
export function roll(a: Value, axis: number, by: number): Value {
  const size = a.shape[axis]!;
  const shift = ((by % size) + size) % size;
  if (shift === 0) return a;
  return concatenate(
    [slice(a, [{ axis, from: size - shift, to: size }]), slice(a, [{ axis, from: 0, to: size - shift }])],
    axis,
  );
}

/** Reverses axes.  ∂L/∂a is dy, reversed. Constants, such as kernels, are folded; other values use a slice. */
export function reverse(a: Value, axes: readonly number[]): Value {
  const kept = axes.filter((axis) => a.shape[axis] !== 1);
  if (kept.length === 0) return a;
  const indexTensor = (numbers: readonly number[]) => integers(numbers);
  return emit(
    "Slice",
    [
      a,
      indexTensor(kept.map(() => -1)),
      indexTensor(kept.map((axis) => -a.shape[axis]! - 1)),
      indexTensor(kept),
      indexTensor(kept.map(() => -1)),
    ],
    {
      shape: a.shape,
      gradients: [(dy) => reverse(dy, kept)],
      fold: (numbers) => {
        const steps = stridesOf(a.shape);
        const start = kept.reduce((at, axis) => at + steps[axis]! * (a.shape[axis]! - 1), 0);
        const signed = steps.map((step, axis) => (kept.includes(axis) ? -step : step));
        return gather(numbers, a.shape, signed, [...a.shape.keys()], start);
      },
    },
  );
}

/** Broadcasts data from one shape to another. */
export function broadcastData(numbers: Float32Array, from: Shape, to: Shape): Float32Array {
  if (sameShape(from, to)) return numbers;
  const added = to.length - from.length;
  const steps = stridesOf(from);
  return gather(
    numbers,
    to,
    to.map((_, axis) => (axis < added || from[axis - added] === 1 ? 0 : steps[axis - added]!)),
    [...to.keys()],
  );
}

function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Reads numbers with the stride steps[order[i]] along axis i of `shape`. */
function gather(
  numbers: Float32Array,
  shape: Shape,
  steps: readonly number[],
  order: readonly number[],
  start = 0,
): Float32Array {
  const out = new Float32Array(sizeOf(shape));
  let next = 0;
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) {
      out[next++] = numbers[at]!;
      return;
    }
    const step = steps[order[axis]!]!;
    for (let i = 0; i < shape[axis]!; i++) walk(axis + 1, at + i * step);
  };
  walk(0, start);
  return out;
}
