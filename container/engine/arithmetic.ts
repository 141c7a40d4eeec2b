/** Elementwise operations with NumPy's broadcasting: shapes are aligned at the end, and axes of size 1 are repeated. */
import { sumTo } from "./reduction.ts";
import { broadcastData } from "./shape.ts";
import { constantData, emit, type Shape, scalar, throwShapeError, type Value } from "./value.ts";

/** y = a + b.  ∂L/∂a = dy, ∂L/∂b = dy, each summed over the broadcast axes. */
export function add(a: Value, b: Value): Value {
  if (isAll(b, 0) && hasBroadcastShape(a, b)) return a;
  if (isAll(a, 0) && hasBroadcastShape(b, a)) return b;
  return emit("Add", [a, b], {
    shape: broadcast("Add", a, b),
    gradients: [(dy) => sumTo(dy, a.shape), (dy) => sumTo(dy, b.shape)],
    fold: foldPairwise(a, b, (p, q) => p + q),
  });
}

/** y = a − b.  ∂L/∂a = dy, ∂L/∂b = −dy. */
export function subtract(a: Value, b: Value): Value {
  if (isAll(b, 0) && hasBroadcastShape(a, b)) return a;
  return emit("Sub", [a, b], {
    shape: broadcast("Sub", a, b),
    gradients: [(dy) => sumTo(dy, a.shape), (dy) => sumTo(negate(dy), b.shape)],
    fold: foldPairwise(a, b, (p, q) => p - q),
  });
}

/** y = a·b.  ∂L/∂a = dy·b, ∂L/∂b = dy·a. */
export function multiply(a: Value, b: Value): Value {
  if (isAll(b, 1) && hasBroadcastShape(a, b)) return a;
  if (isAll(a, 1) && hasBroadcastShape(b, a)) return b;
  return emit("Mul", [a, b], {
    shape: broadcast("Mul", a, b),
    gradients: [(dy) => sumTo(multiply(dy, b), a.shape), (dy) => sumTo(multiply(dy, a), b.shape)],
    fold: foldPairwise(a, b, (p, q) => p * q),
  });
}

/** y = a / b.  ∂L/∂a = dy / b, ∂L/∂b = −dy·y / b. */
export function divide(a: Value, b: Value): Value {
  if (isAll(b, 1) && hasBroadcastShape(a, b)) return a;
  return emit("Div", [a, b], {
    shape: broadcast("Div", a, b),
    gradients: [(dy) => sumTo(divide(dy, b), a.shape), (dy, y) => sumTo(negate(divide(multiply(dy, y), b)), b.shape)],
    fold: foldPairwise(a, b, (p, q) => p / q),
  });
}

/** y = −a. */
export const negate = (a: Value): Value =>
  emit("Neg", [a], { shape: a.shape, gradients: [(dy) => negate(dy)], fold: (p) => p.map((v) => -v) });

/** y = k·a for a number k. */
export const scale = (a: Value, k: number): Value => multiply(a, scalar(k));

/** y = a + k for a number k. */
export const offset = (a: Value, k: number): Value => add(a, scalar(k));

/** y = a².  ∂L/∂a = 2·a·dy. */
export const square = (a: Value): Value =>
  emit("Mul", [a, a], {
    shape: a.shape,
    // This rule returns the whole gradient: the second input is the same value.
    gradients: [(dy) => multiply(dy, scale(a, 2)), undefined],
    fold: (p) => p.map((v) => v * v),
  });

/** y = √a.  ∂L/∂a = dy / 2y. */
export const squareRoot = (a: Value): Value =>
  emit("Sqrt", [a], {
    shape: a.shape,
    gradients: [(dy, y) => divide(scale(dy, 0.5), y)],
    fold: (p) => p.map(Math.sqrt),
  });

/** y = eᵃ.  ∂L/∂a = dy·y. */
export const exponential = (a: Value): Value =>
  emit("Exp", [a], { shape: a.shape, gradients: [(dy, y) => multiply(dy, y)], fold: (p) => p.map(Math.exp) });

/** y = ln a.  ∂L/∂a = dy / a. */
export const logarithm = (a: Value): Value =>
  emit("Log", [a], { shape: a.shape, gradients: [(dy) => divide(dy, a)], fold: (p) => p.map(Math.log) });

/** y = |a|.  ∂L/∂a = dy·sign(a); 0 at 0. */
export const absolute = (a: Value): Value =>
  emit("Abs", [a], {
    shape: a.shape,
    gradients: [(dy) => subtract(where(positive(a), dy), where(positive(negate(a)), dy))],
    fold: (p) => p.map(Math.abs),
  });

/** y = max(a, 0).  ∂L/∂a = dy where y > 0. */
export const relu = (a: Value): Value =>
  emit("Relu", [a], {
    shape: a.shape,
    gradients: [(dy, y) => multiply(dy, step(y))],
    fold: (p) => p.map((v) => Math.max(v, 0)),
  });

/**
 * y = a if a > 0, else slope·a (He et al. 2015, eq. 1). The slope broadcasts: [C, 1, 1] is one slope for each channel.
 */
export const parametricRelu = (a: Value, slope: Value): Value => subtract(relu(a), multiply(slope, relu(negate(a))));

/** y = 1 / (1 + e⁻ᵃ).  ∂L/∂a = dy·y·(1 − y). */
export const sigmoid = (a: Value): Value =>
  emit("Sigmoid", [a], {
    shape: a.shape,
    gradients: [(dy, y) => multiply(dy, multiply(y, subtract(scalar(1), y)))],
    fold: (p) => p.map((v) => 1 / (1 + Math.exp(-v))),
  });

/** y = tanh a.  ∂L/∂a = dy·(1 − y²). */
export const hyperbolicTangent = (a: Value): Value =>
  emit("Tanh", [a], {
    shape: a.shape,
    gradients: [(dy, y) => multiply(dy, subtract(scalar(1), square(y)))],
    fold: (p) => p.map(Math.tanh),
  });

/**
 * The slope of the hard sigmoid in `step`. The step is exact for activations above 1e-30, and the product is finite
 * below 3e8.
 */
const STEP_SLOPE = 1e30;

/**
 * 1 if a > 0, else 0, as float32. It has no gradient. A steep hard sigmoid is a single pass in the blocked memory
 * layout of the CPU's convolutions. A mask for `where` would leave that layout twice for each layer, and Sign would
 * leave the GPU.
 */
const step = (a: Value): Value =>
  emit("HardSigmoid", [a], { shape: a.shape, attributes: { alpha: STEP_SLOPE, beta: 0 } });

/** a > 0, as a mask. It has no gradient. */
export const positive = (a: Value): Value => emit("Greater", [a, scalar(0)], { shape: a.shape, type: "bool" });

/** a = b, as a mask. It has no gradient. */
export const equal = (a: Value, b: Value): Value =>
  emit("Equal", [a, b], { shape: broadcast("Equal", a, b), type: "bool" });

/** y = a if the mask is true, else 0.  ∂L/∂a = dy if the mask is true, else 0. */
export function where(mask: Value, a: Value): Value {
  return emit("Where", [mask, a, scalar(0)], {
    shape: broadcast("Where", mask, a),
    gradients: [undefined, (dy) => sumTo(where(mask, dy), a.shape), undefined],
  });
}

/** The shape to which both inputs broadcast. */
function broadcast(operator: string, a: Value, b: Value): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, i) => {
    const p = a.shape[a.shape.length - rank + i] ?? 1;
    const q = b.shape[b.shape.length - rank + i] ?? 1;
    if (p !== q && p !== 1 && q !== 1) throwShapeError(operator, [a, b], `sizes ${p} and ${q} cannot be broadcast`);
    return Math.max(p, q);
  });
}

/** Whether broadcasting a with b gives the shape of a. */
const hasBroadcastShape = (a: Value, b: Value): boolean =>
  b.shape.length <= a.shape.length && b.shape.every((n, i) => n === 1 || n === a.shape.at(i - b.shape.length));

const isAll = (value: Value, number: number): boolean => constantData(value)?.every((v) => v === number) ?? false;

/** The fold function of a binary operator. */
function foldPairwise(a: Value, b: Value, f: (p: number, q: number) => number) {
  return (p: Float32Array, q: Float32Array) => {
    const shape = broadcast("Constant", a, b);
    const right = broadcastData(q, b.shape, shape);
    return broadcastData(p, a.shape, shape).map((v, i) => f(v, right[i]!));
  };
}
