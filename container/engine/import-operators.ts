/** Maps ONNX operators to the engine's. https://onnx.ai/onnx/operators/ */
import * as arithmetic from "./arithmetic.ts";
import { convolution, transposedConvolution } from "./convolution.ts";
import { matmul, swapLastTwo } from "./linear-algebra.ts";
import { frozenBatchNorm, instanceNorm, mean } from "./normalization.ts";
import { averagePool, averagePoolInside, globalAveragePool, maxPool } from "./pooling.ts";
import { sum, upsample } from "./reduction.ts";
import { concatenate, pad, reflect, reshape, slice, transpose } from "./shape.ts";
import { scalar, sizeOf, throwShapeError, type Value } from "./value.ts";

/** Reads the attributes of an ONNX node. */
export interface AttributeReader {
  readonly node: string;
  integer(name: string, fallback: number): number;
  number(name: string, fallback: number): number;
  text(name: string, fallback: string): string;
  integers(name: string): number[] | undefined;
  tensor(name: string): Value | undefined;
}

type Inputs = readonly (Value | undefined)[];
type Operator = (inputs: Inputs, attributes: AttributeReader) => Value;

const unary =
  (apply: (a: Value) => Value): Operator =>
  ([a]) =>
    apply(a!);
const binary =
  (apply: (a: Value, b: Value) => Value): Operator =>
  ([a, b]) =>
    apply(a!, b!);

export const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: binary(arithmetic.add),
  Sub: binary(arithmetic.subtract),
  Mul: binary(arithmetic.multiply),
  Div: binary(arithmetic.divide),
  Neg: unary(arithmetic.negate),
  Exp: unary(arithmetic.exponential),
  Log: unary(arithmetic.logarithm),
  Sqrt: unary(arithmetic.squareRoot),
  Abs: unary(arithmetic.absolute),
  Relu: unary(arithmetic.relu),
  Sigmoid: unary(arithmetic.sigmoid),
  Tanh: unary(arithmetic.hyperbolicTangent),
  PRelu: binary(arithmetic.parametricRelu),
  LeakyRelu: ([a], { number }) => arithmetic.parametricRelu(a!, scalar(number("alpha", 0.01))),
  Clip: ([a, low, high]) => clip(a!, low, high),
  Softmax: ([a], { integer }) => softmax(a!, integer("axis", -1)),

  Conv: ([x, kernel, bias], attributes) =>
    convolution(x!, kernel!, {
      ...windowOptions(attributes),
      ...(bias && { bias }),
      groups: attributes.integer("group", 1),
    }),
  ConvTranspose: ([x, kernel, bias], attributes) => {
    const outputPads = attributes.integers("output_padding");
    return transposedConvolution(x!, kernel!, {
      ...windowOptions(attributes),
      ...(bias && { bias }),
      ...(outputPads && { outputPads }),
      groups: attributes.integer("group", 1),
    });
  },
  MaxPool: ([x], attributes) => maxPool(x!, { ...windowOptions(attributes), size: kernelShape(attributes) }),
  AveragePool: ([x], attributes) =>
    (attributes.integer("count_include_pad", 0) === 1 ? averagePool : averagePoolInside)(x!, {
      ...windowOptions(attributes),
      size: kernelShape(attributes),
    }),
  GlobalAveragePool: unary(globalAveragePool),

  BatchNormalization: ([x, gamma, beta, mu, sigma2], { number }) =>
    frozenBatchNorm(x!, { gamma: gamma!, beta: beta!, mean: mu!, variance: sigma2! }, number("epsilon", 1e-5)),
  InstanceNormalization: ([x, gamma, beta], { number }) => instanceNorm(x!, gamma!, beta!, number("epsilon", 1e-5)),

  MatMul: binary(matmul),
  Gemm: ([a, b, c], { integer, number }) => {
    const left = integer("transA", 0) === 1 ? swapLastTwo(a!) : a!;
    const right = integer("transB", 0) === 1 ? swapLastTwo(b!) : b!;
    const product = arithmetic.scale(matmul(left, right), number("alpha", 1));
    return c ? arithmetic.add(product, arithmetic.scale(c, number("beta", 1))) : product;
  },
  ReduceSum: ([a, axes], attributes) => importReduce(a!, axes, attributes, sum),
  ReduceMean: ([a, axes], attributes) => importReduce(a!, axes, attributes, mean),

  Concat: (parts, { integer }) =>
    concatenate(
      parts.map((part) => part!),
      axisOf(parts[0]!, integer("axis", 0)),
    ),
  Flatten: ([a], { integer }) => {
    const axis = axisOf(a!, integer("axis", 1));
    return reshape(a!, [sizeOf(a!.shape.slice(0, axis)), sizeOf(a!.shape.slice(axis))]);
  },
  Reshape: ([a, shape]) => importReshape(a!, constantIntegers(shape, "Reshape")),
  Transpose: ([a], { integers }) => transpose(a!, integers("perm") ?? [...a!.shape.keys()].reverse()),
  Squeeze: ([a, axes]) => squeeze(a!, axes && constantIntegers(axes, "Squeeze")),
  Unsqueeze: ([a, axes]) => unsqueeze(a!, constantIntegers(axes, "Unsqueeze")),
  Slice: ([a, from, to, axes, steps]) => importSlice(a!, from, to, axes, steps),
  Pad: ([a, widths, value], { text }) =>
    importPad(a!, constantIntegers(widths, "Pad"), text("mode", "constant"), value),
  Resize: ([a, , scales, sizes], attributes) => importResize(a!, scales, sizes, attributes),

  Identity: unary((a) => a),
  Dropout: unary((a) => a),
  Constant: (_, { tensor, node }) => {
    const value = tensor("value");
    if (!value) throw new Error(`Constant ${node}: only tensor values are supported.`);
    return value;
  },
  DequantizeLinear: ([q, s, zero], { integer }) => importDequantize(q!, s!, zero, integer("axis", 1)),
};

function windowOptions({ node, integer, integers, text }: AttributeReader) {
  if (!["NOTSET", "VALID"].includes(text("auto_pad", "NOTSET")))
    throw new Error(
      `${node}: auto_pad ${text("auto_pad", "")} depends on the picture's size and is not supported. Export the net with explicit pads.`,
    );
  if (integer("ceil_mode", 0) !== 0) throw new Error(`${node}: ceil_mode is not supported.`);
  const [strides, pads, dilations] = [integers("strides"), integers("pads"), integers("dilations")];
  return { ...(strides && { strides }), ...(pads && { pads }), ...(dilations && { dilations }) };
}

function kernelShape({ integers, node }: AttributeReader): number[] {
  const size = integers("kernel_shape");
  if (!size) throw new Error(`${node}: the pooling node has no kernel_shape.`);
  return size;
}

const axisOf = (a: Value, axis: number): number => (axis < 0 ? axis + a.shape.length : axis);

/** The numbers of an int64 constant, such as a shape, positions or axes. */
function constantIntegers(value: Value | undefined, operator: string): number[] {
  if (!(value?.data instanceof BigInt64Array))
    throw new Error(
      `${operator}: shapes, axes and positions must be constants in the file. Values computed from the picture are not supported.`,
    );
  return [...value.data].map(Number);
}

/** Clamps a to [low, high]: low + relu(a − low) − relu(a − high). */
function clip(a: Value, low?: Value, high?: Value): Value {
  const { add, relu, subtract } = arithmetic;
  const raised = low ? add(relu(subtract(a, low)), low) : a;
  return high ? subtract(raised, relu(subtract(raised, high))) : raised;
}

/** e^a / Σ e^a along an axis. It does not subtract the maximum first, so scores must be a few tens at most. */
function softmax(a: Value, axis: number): Value {
  const e = arithmetic.exponential(a);
  return arithmetic.divide(e, sum(e, [axisOf(a, axis)]));
}

function importReduce(
  a: Value,
  axes: Value | undefined,
  { integers, integer }: AttributeReader,
  reduce: (a: Value, axes: readonly number[]) => Value,
): Value {
  const reducedAxes = (axes ? constantIntegers(axes, "Reduce") : (integers("axes") ?? [...a.shape.keys()])).map(
    (axis) => axisOf(a, axis),
  );
  const result = reduce(a, reducedAxes);
  return integer("keepdims", 1) === 1 ? result : squeeze(result, reducedAxes);
}

/** As in ONNX, 0 keeps the size of an axis, and −1 is inferred from the other sizes. */
function importReshape(a: Value, sizes: readonly number[]): Value {
  const knownSizes = sizes.map((n, axis) => (n === 0 ? a.shape[axis]! : n));
  const rest = sizeOf(a.shape) / sizeOf(knownSizes.filter((n) => n !== -1));
  return reshape(
    a,
    knownSizes.map((n) => (n === -1 ? rest : n)),
  );
}

function squeeze(a: Value, axes: readonly number[] = [...a.shape.keys()].filter((axis) => a.shape[axis] === 1)): Value {
  const removed = axes.map((axis) => axisOf(a, axis));
  return reshape(
    a,
    a.shape.filter((_, axis) => !removed.includes(axis)),
  );
}

function unsqueeze(a: Value, axes: readonly number[]): Value {
  const rank = a.shape.length + axes.length;
  const shape = [...a.shape];
  for (const axis of axes.map((n) => (n < 0 ? n + rank : n)).toSorted((p, q) => p - q)) shape.splice(axis, 0, 1);
  return reshape(a, shape);
}

function importSlice(a: Value, from?: Value, to?: Value, alongAxes?: Value, steps?: Value): Value {
  const begins = constantIntegers(from, "Slice");
  const ends = constantIntegers(to, "Slice");
  const along = alongAxes ? constantIntegers(alongAxes, "Slice") : begins.map((_, i) => i);
  const stepSizes = steps ? constantIntegers(steps, "Slice") : begins.map(() => 1);
  const ranges = begins.map((begin, i) => {
    const axis = axisOf(a, along[i]!);
    const size = a.shape[axis]!;
    const position = (at: number) => Math.max(0, Math.min(size, at < 0 ? at + size : at));
    return { axis, from: position(begin), to: position(ends[i]!), step: stepSizes[i]! };
  });
  return slice(a, ranges);
}

function importPad(a: Value, widths: readonly number[], mode: string, value?: Value): Value {
  const margins = a.shape.map((_, axis) => ({ axis, before: widths[axis]!, after: widths[axis + a.shape.length]! }));
  if (margins.some(({ before, after }) => before < 0 || after < 0))
    throwShapeError("Pad", [a], "a negative pad is not supported");
  const nonEmpty = margins.filter(({ before, after }) => before + after > 0);
  if (mode === "reflect") return reflect(a, nonEmpty);
  if (mode !== "constant") throwShapeError("Pad", [a], `the mode ${mode} is not supported`);
  return pad(a, nonEmpty, value?.data ? Number(value.data[0]) : 0);
}

function importResize(
  a: Value,
  scales: Value | undefined,
  sizes: Value | undefined,
  { text, node }: AttributeReader,
): Value {
  const factors =
    sizes && sizeOf(sizes.shape) > 0
      ? constantIntegers(sizes, "Resize").map((n, axis) => n / a.shape[axis]!)
      : Array.from(scales?.data ?? [], Number);
  const [, , factor] = factors;
  const isUniform = factors.every((f, axis) => f === (axis < 2 ? 1 : factor));
  if (text("mode", "nearest") !== "nearest" || !isUniform || factor === undefined || !Number.isInteger(factor))
    throw new Error(`${node}: only nearest-neighbor enlargement by an integer factor is supported.`);
  return upsample(a, factor);
}

/** (q − zero)·scale. The scale is one number, or one for each position along `axis`. */
function importDequantize(q: Value, s: Value, zero: Value | undefined, axis: number): Value {
  const along = (value: Value) =>
    sizeOf(value.shape) === 1
      ? reshape(value, [])
      : reshape(
          value,
          q.shape.map((n, i) => (i === axisOf(q, axis) ? n : 1)),
        );
  return arithmetic.multiply(zero ? arithmetic.subtract(q, along(zero)) : q, along(s));
}
