/** Matrix products. */

import { add } from "./arithmetic.ts";
import { sumTo } from "./reduction.ts";
import { reshape, transpose } from "./shape.ts";
import { constant, emit, type Shape, throwShapeError, type Value } from "./value.ts";

/** y = a·b, shapes […, m, k] · […, k, n] → […, m, n]; leading axes broadcast.  ∂L/∂a = dy·bᵀ,  ∂L/∂b = aᵀ·dy. */
export function matmul(a: Value, b: Value): Value {
  return emit("MatMul", [a, b], {
    shape: matmulShape(a, b),
    gradients: [(dy) => sumTo(matmul(dy, swapLastTwo(b)), a.shape), (dy) => sumTo(matmul(swapLastTwo(a), dy), b.shape)],
  });
}

/**
 * y = a·aᵀ, […, m, k] → […, m, m].  ∂L/∂a = (dy + dyᵀ)·a: one product instead of the two that the rules of `matmul`
 * need.
 */
export function selfProduct(a: Value): Value {
  const t = swapLastTwo(a);
  return emit("MatMul", [a, t], {
    shape: matmulShape(a, t),
    gradients: [(dy) => matmul(add(dy, swapLastTwo(dy)), a), undefined],
  });
}

function matmulShape(a: Value, b: Value): Shape {
  if (a.shape.length < 2 || b.shape.length < 2)
    throwShapeError("MatMul", [a, b], "both inputs must have at least 2 dimensions");
  const [m, k] = a.shape.slice(-2);
  const [rows, n] = b.shape.slice(-2);
  if (k !== rows) throwShapeError("MatMul", [a, b], `the first has ${k} columns but the second has ${rows} rows`);
  const leading = Math.max(a.shape.length, b.shape.length) - 2;
  const batch = Array.from({ length: leading }, (_, i) => {
    const p = a.shape[a.shape.length - 2 - leading + i] ?? 1;
    const q = b.shape[b.shape.length - 2 - leading + i] ?? 1;
    if (p !== q && p !== 1 && q !== 1) throwShapeError("MatMul", [a, b], "their leading axes cannot be broadcast");
    return Math.max(p, q);
  });
  return [...batch, m!, n!];
}

/** […, m, n] → […, n, m]. */
export function swapLastTwo(a: Value): Value {
  const rank = a.shape.length;
  return transpose(
    a,
    [...a.shape.keys()].map((axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
  );
}

/** Features [N, C, …space] as matrices [N, C, positions]. */
export function flattenSpace(features: Value): Value {
  const [batch, channels, ...space] = features.shape;
  if (batch === undefined || channels === undefined)
    throwShapeError("flattenSpace", [features], "the shape must be [N, C, …]");
  return reshape(features, [batch, channels, space.reduce((p, n) => p * n, 1)]);
}

/**
 * Resizes [N, C, H, W] to [N, C, height, width] by bilinear interpolation between pixel centers; edge pixels are
 * repeated. The operation is linear: one matrix product along each axis. Its gradient is the products with the
 * transposed matrices.
 */
export function resizeBilinear(a: Value, height: number, width: number): Value {
  const [, , h, w] = a.shape;
  if (a.shape.length !== 4 || h === undefined || w === undefined)
    throwShapeError("resizeBilinear", [a], "the shape must be [N, C, H, W]");
  const rows = h === height ? a : matmul(constant(interpolationMatrix(h, height), [height, h]), a);
  return w === width ? rows : matmul(rows, swapLastTwo(constant(interpolationMatrix(w, width), [width, w])));
}

/** [to, from]: row i holds the weights of the two neighbors of the source position (i + ½)·from/to − ½. */
function interpolationMatrix(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const position = Math.max(0, Math.min(from - 1, ((i + 0.5) * from) / to - 0.5));
    const first = Math.floor(position);
    const second = Math.min(from - 1, first + 1);
    weights[i * from + first]! += 1 - (position - first);
    weights[i * from + second]! += position - first;
  }
  return weights;
}
