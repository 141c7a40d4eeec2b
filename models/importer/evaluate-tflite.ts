import type { TfliteGraph, TfliteOperator, TfliteTensor, Window } from "./tflite.ts";

/** The value of a tensor in TFLite's layout: maps are NHWC. */
export interface Value {
  shape: readonly number[];
  data: Float64Array;
}

/**
 * Evaluates a graph by the definition of each operator, in float64. It is slow and independent of the converter, which is tested
 * against it: it folds no idiom, moves no dimension and transposes no kernel.
 */
export function evaluate(graph: TfliteGraph, input: Value): Value[] {
  const values = new Map<number, Value>();
  graph.tensors.forEach(({ data, shape }, i) => {
    if (data) values.set(i, { shape, data: Float64Array.from(data) });
  });
  values.set(graph.inputs[0]!, input);
  for (const operator of graph.operators) {
    const operands = operator.inputs.map((tensor) => values.get(tensor)!);
    values.set(operator.output, apply(operator, operands, graph.tensors[operator.output]!));
  }
  return graph.outputs.map((tensor) => values.get(tensor)!);
}

function apply(operator: TfliteOperator, [a, b, c]: Value[], output: TfliteTensor): Value {
  switch (operator.kind) {
    case "CONV_2D":
      return convolve(a!, b!, c!, operator.window);
    case "DEPTHWISE_CONV_2D":
      return convolveDepthwise(a!, b!, c!, operator.window);
    case "MAX_POOL_2D":
      return pool(a!, operator.filter, operator.window);
    case "FULLY_CONNECTED":
      return fullyConnect(a!, b!, c!);
    case "RESHAPE":
      return { shape: output.shape, data: a!.data };
    case "ADD":
      return combine(a!, b!, (x, y) => x + y);
    case "SUB":
      return combine(a!, b!, (x, y) => x - y);
    case "MUL":
      return combine(a!, b!, (x, y) => x * y);
    case "DIV":
      return combine(a!, b!, (x, y) => x / y);
    case "RELU":
      return { shape: a!.shape, data: a!.data.map((x) => Math.max(x, 0)) };
    case "ABS":
      return { shape: a!.shape, data: a!.data.map(Math.abs) };
    case "NEG":
      return { shape: a!.shape, data: a!.data.map((x) => -x) };
    case "EXP":
      return { shape: a!.shape, data: a!.data.map(Math.exp) };
    case "SUM":
      return reduceLast(a!, b!, (x, y) => x + y);
    case "REDUCE_MAX":
      return reduceLast(a!, b!, Math.max);
  }
}

/** y[n, i, j, o] = b[o] + Σ x[n, i·s + u − p, j·s + v − p, k]·w[o, u, v, k] */
export function convolve(x: Value, w: Value, bias: Value, window: Window): Value {
  const [n, height, width, channels] = map(x);
  const [out, kernelHeight, kernelWidth] = map(w);
  const down = steps(height, kernelHeight, window.strides[0], window.padding);
  const across = steps(width, kernelWidth, window.strides[1], window.padding);
  const y = new Float64Array(n * down.length * across.length * out);
  let at = 0;
  for (let picture = 0; picture < n; picture++)
    for (const top of down)
      for (const left of across)
        for (let o = 0; o < out; o++) {
          let sum = bias.data[o]!;
          for (let u = Math.max(0, -top); u < kernelHeight && top + u < height; u++)
            for (let v = Math.max(0, -left); v < kernelWidth && left + v < width; v++) {
              const pixel = ((picture * height + top + u) * width + left + v) * channels;
              const weight = ((o * kernelHeight + u) * kernelWidth + v) * channels;
              for (let k = 0; k < channels; k++) sum += x.data[pixel + k]! * w.data[weight + k]!;
            }
          y[at++] = sum;
        }
  return { shape: [n, down.length, across.length, out], data: y };
}

/** y[n, i, j, k] = b[k] + Σ x[n, i·s + u − p, j·s + v − p, k]·w[0, u, v, k] */
function convolveDepthwise(x: Value, w: Value, bias: Value, window: Window): Value {
  const [n, height, width, channels] = map(x);
  const [, kernelHeight, kernelWidth] = map(w);
  return slide(
    x,
    [kernelHeight, kernelWidth],
    window,
    (picture, top, left, k) => {
      let sum = bias.data[k]!;
      for (let u = Math.max(0, -top); u < kernelHeight && top + u < height; u++)
        for (let v = Math.max(0, -left); v < kernelWidth && left + v < width; v++)
          sum +=
            x.data[((picture * height + top + u) * width + left + v) * channels + k]! *
            w.data[(u * kernelWidth + v) * channels + k]!;
      return sum;
    },
    n,
  );
}

/** y[n, i, j, k] = max x[n, i·s + u − p, j·s + v − p, k]. Positions outside the map do not count. */
function pool(x: Value, [filterHeight, filterWidth]: readonly [number, number], window: Window): Value {
  const [n, height, width, channels] = map(x);
  return slide(
    x,
    [filterHeight, filterWidth],
    window,
    (picture, top, left, k) => {
      let greatest = -Infinity;
      for (let u = Math.max(0, -top); u < filterHeight && top + u < height; u++)
        for (let v = Math.max(0, -left); v < filterWidth && left + v < width; v++)
          greatest = Math.max(greatest, x.data[((picture * height + top + u) * width + left + v) * channels + k]!);
      return greatest;
    },
    n,
  );
}

/** Computes a map with the same number of channels. Each number depends on the window that begins at (top, left). */
export function slide(
  x: Value,
  size: readonly [number, number],
  { strides, padding }: Window,
  compute: (picture: number, top: number, left: number, channel: number) => number,
  n: number,
): Value {
  const [, height, width, channels] = map(x);
  const down = steps(height, size[0], strides[0], padding);
  const across = steps(width, size[1], strides[1], padding);
  const y = new Float64Array(n * down.length * across.length * channels);
  let at = 0;
  for (let picture = 0; picture < n; picture++)
    for (const top of down)
      for (const left of across) for (let k = 0; k < channels; k++) y[at++] = compute(picture, top, left, k);
  return { shape: [n, down.length, across.length, channels], data: y };
}

/**
 * The starts of the windows along one axis. A negative start is in the padding.
 * https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
function steps(length: number, size: number, stride: number, padding: Window["padding"]): number[] {
  const count = Math.ceil(padding === "SAME" ? length / stride : (length - size + 1) / stride);
  const excess = padding === "SAME" ? Math.max((count - 1) * stride + size - length, 0) : 0;
  return Array.from({ length: count }, (_, i) => i * stride - Math.floor(excess / 2));
}

/** y[n, o] = b[o] + Σ x[n, i]·w[o, i], with x flattened in memory order. */
function fullyConnect(x: Value, w: Value, bias: Value): Value {
  const [out = 0, length = 0] = w.shape;
  const n = x.data.length / length;
  const y = Float64Array.from({ length: n * out }, (_, at) => {
    const [row, o] = [Math.floor(at / out), at % out];
    let sum = bias.data[o]!;
    for (let i = 0; i < length; i++) sum += x.data[row * length + i]! * w.data[o * length + i]!;
    return sum;
  });
  return { shape: [n, out], data: y };
}

/** Combines two operands with broadcasting: the smaller shape is the end of the other one, or has 1 as its last dimension. */
function combine(a: Value, b: Value, operation: (x: number, y: number) => number): Value {
  const wide = a.data.length >= b.data.length ? a : b;
  const last = wide.shape.at(-1) ?? 1;
  const index = ({ shape, data }: Value) => {
    if (data.length === wide.data.length) return (i: number) => i;
    if (shape.length === 1 && data.length === last) return (i: number) => i % last;
    if (shape.at(-1) === 1 && data.length * last === wide.data.length) return (i: number) => Math.floor(i / last);
    throw new Error(`TFLite: shapes [${a.shape}] and [${b.shape}] cannot be broadcast.`);
  };
  const [inA, inB] = [index(a), index(b)];
  return { shape: wide.shape, data: wide.data.map((_, i) => operation(a.data[inA(i)]!, b.data[inB(i)]!)) };
}

/** Reduces the last dimension of [n, c] to 1. */
function reduceLast({ shape, data }: Value, axes: Value, operation: (x: number, y: number) => number): Value {
  const [n = 0, length = 0] = shape;
  const axis = axes.data[0]!;
  if (shape.length !== 2 || axes.data.length !== 1 || (axis !== 1 && axis !== -1))
    throw new Error(`TFLite: a reduction of [${shape}] over [${axes.data}] is not supported.`);
  const rows = Array.from({ length: n }, (_, row) => data.subarray(row * length, (row + 1) * length));
  return { shape: [n, 1], data: Float64Array.from(rows, (row) => row.reduce((x, y) => operation(x, y))) };
}

function map({ shape }: Value): [number, number, number, number] {
  if (shape.length !== 4) throw new Error(`TFLite: [${shape}] is not a 4-D map.`);
  return shape as unknown as [number, number, number, number];
}
