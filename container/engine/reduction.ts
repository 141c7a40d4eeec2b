/** Sums and repetition. Each is the gradient of the other. */
import { reshape } from "./shape.ts";
import { emit, integers, type Shape, sameShape, throwShapeError, type Value } from "./value.ts";

/** Sum over axes, which are kept with size 1.  ∂L/∂a = dy, repeated. */
export function sum(a: Value, axes: readonly number[]): Value {
  if (axes.some((axis) => axis < 0 || axis >= a.shape.length))
    throwShapeError("ReduceSum", [a], `axes [${axes.join(", ")}] are out of range`);
  // One axis at a time, the innermost first: the runtime sums several axes at once naively in float32 (an error of 6e-3
  // at 512 px).
  const innermostFirst = axes.filter((axis) => a.shape[axis] !== 1).toSorted((p, q) => q - p);
  return innermostFirst.reduce(sumAxis, a);
}

function sumAxis(a: Value, axis: number): Value {
  return emit("ReduceSum", [a, integers([axis])], {
    shape: a.shape.with(axis, 1),
    attributes: { keepdims: 1n },
    gradients: [(dy) => expand(dy, a.shape)],
  });
}

/** Σ a, a scalar []. */
export const total = (a: Value): Value => reshape(sum(a, [...a.shape.keys()]), []);

/** Repeats axes of size 1, and adds leading axes, up to `shape`.  ∂L/∂a = dy, summed over the repeated axes. */
export function expand(a: Value, shape: Shape): Value {
  if (sameShape(a.shape, shape)) return a;
  const added = shape.length - a.shape.length;
  if (added < 0 || a.shape.some((n, axis) => n !== 1 && n !== shape[added + axis]))
    throwShapeError("Expand", [a], `it cannot be expanded to [${shape.join(", ")}]`);
  return emit("Expand", [a, integers(shape)], { shape, gradients: [(dy) => sumTo(dy, a.shape)] });
}

/** Reverses broadcasting: sums `a` over each axis that `shape` does not have or has with size 1. */
export function sumTo(a: Value, shape: Shape): Value {
  const added = a.shape.length - shape.length;
  const repeated = [...a.shape.keys()].filter(
    (axis) => axis < added || (shape[axis - added] === 1 && a.shape[axis] !== 1),
  );
  return reshape(sum(a, repeated), shape);
}

/** Repeats every position of the spatial axes `factor` times (nearest neighbor).  ∂L/∂a = dy summed over each block. */
export function upsample(a: Value, factor: number): Value {
  const space = [...a.shape.keys()].slice(2);
  return emit("Resize", [a, undefined, undefined, integers(a.shape.map((n, axis) => (axis < 2 ? n : n * factor)))], {
    shape: a.shape.map((n, axis) => (axis < 2 ? n : n * factor)),
    attributes: { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
    gradients: [(dy) => space.toReversed().reduce((d, axis) => sumBlocks(d, axis, factor), dy)],
  });
}

/** Sums blocks of `factor` neighbors along an axis. */
function sumBlocks(a: Value, axis: number, factor: number): Value {
  const blocks = [...a.shape.slice(0, axis), a.shape[axis]! / factor, factor, ...a.shape.slice(axis + 1)];
  return reshape(sum(reshape(a, blocks), [axis + 1]), a.shape.with(axis, a.shape[axis]! / factor));
}
