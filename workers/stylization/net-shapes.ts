import {
  type Attribute,
  FLOAT,
  type Graph,
  INT8,
  INT32,
  INT64,
  type Node,
  type Tensor,
  type TensorData,
  UINT8,
} from "../../models/importer/onnx.ts";

/** The cost of running a graph at one input size. */
export interface Cost {
  /** The peak memory: all constants, all values that are still needed, and the workspace of the running operator. */
  peakBytes: number;
  /** The multiply-adds of all convolutions. */
  multiplyAdds: number;
  /** The shape of the graph's output. */
  shape: readonly number[];
}

/** The graph is not a valid style net. The message is for the job service that trained it. */
export class NetError extends Error {
  override name = "NetError";
}

const BYTES: Record<number, number> = { [FLOAT]: 4, [UINT8]: 1, [INT8]: 1, [INT32]: 4, [INT64]: 8 };

/** A value of the graph: its type (TensorProto.DataType), its shape, and its data if it is a constant. */
interface Value {
  type: number;
  shape: readonly number[];
  constant?: TensorData;
}

interface Operator {
  /** The allowed attributes. Any other attribute is an error. */
  attributes: readonly string[];
  /** The minimum and maximum number of inputs. The first input is the data. */
  inputs: readonly [min: number, max: number];
  output: (inputs: (Value | undefined)[], attributes: Attributes) => Value;
}

/** The operators of style nets (`container/style-net/`), quantized or not. None of them reads files, loops or branches. */
const OPERATORS: Record<string, Operator> = {
  Add: {
    attributes: [],
    inputs: [2, 2],
    output([x, y]) {
      const [a, b] = [floatInput(x), floatInput(y)];
      if (String(a.shape) !== String(b.shape)) throw new NetError("has inputs of different shapes");
      return a;
    },
  },
  Clip: {
    attributes: [],
    inputs: [1, 3],
    output([x, ...bounds]) {
      for (const bound of bounds) if (bound) checkScalar(bound, "bound");
      return floatInput(x);
    },
  },
  Conv: { attributes: ["kernel_shape", "strides", "pads"], inputs: [2, 3], output: convolution },
  DepthToSpace: {
    attributes: ["blocksize", "mode"],
    inputs: [1, 1],
    output([x], attributes) {
      const { type, shape } = imageInput(x);
      const [n, channels, height, width] = shape;
      const block = attributes.integer("blocksize", MAX_BLOCK);
      attributes.oneOf("mode", ["DCR", "CRD"]);
      if (channels % block ** 2 !== 0)
        throw new NetError(`has ${channels} channels, which is not a multiple of ${block ** 2}`);
      return { type, shape: [n, channels / block ** 2, height * block, width * block] };
    },
  },
  DequantizeLinear: {
    attributes: ["axis"],
    inputs: [2, 3],
    output([x, scale, zeroPoint], attributes) {
      const { type, shape } = requiredInput(x);
      if (type !== UINT8 && type !== INT8 && type !== INT32) throw new NetError("has an input that is not quantized");
      if (zeroPoint && zeroPoint.type !== type)
        throw new NetError("has a zero point whose type differs from its input's");
      checkScales(requiredInput(x), scale, zeroPoint, attributes);
      return { type: FLOAT, shape };
    },
  },
  Pad: {
    attributes: ["mode"],
    inputs: [2, 3],
    output([x, pads, fillValue], attributes) {
      const { type, shape } = imageInput(x);
      if (fillValue) checkScalar(fillValue, "fill value");
      const mode = attributes.oneOf("mode", ["constant", "edge", "reflect"]);
      const sizes = [...(requiredInput(pads).constant ?? [])].map(Number);
      if (sizes.length !== 8 || sizes.some((pixels, i) => !isIntegerIn(pixels, 0, i % 4 < 2 ? 0 : MAX_PADDING)))
        throw new NetError(`must pad each side by a constant 0 to ${MAX_PADDING} pixels, and must not pad channels`);
      if (mode === "reflect" && sizes.some((pixels, i) => pixels >= shape[i % 4]!))
        throw new NetError("reflects more pixels than its input has");
      return { type, shape: shape.map((size, axis) => size + sizes[axis]! + sizes[axis + 4]!) };
    },
  },
  QuantizeLinear: {
    attributes: ["axis"],
    inputs: [3, 3],
    output([x, scale, zeroPoint], attributes) {
      const { type } = requiredInput(zeroPoint);
      if (type !== UINT8 && type !== INT8) throw new NetError("must have an output of type uint8 or int8");
      checkScales(floatInput(x), scale, zeroPoint, attributes);
      return { type, shape: floatInput(x).shape };
    },
  },
  Relu: { attributes: [], inputs: [1, 1], output: ([x]) => floatInput(x) },
  SpaceToDepth: {
    attributes: ["blocksize"],
    inputs: [1, 1],
    output([x], attributes) {
      const { type, shape } = imageInput(x);
      const [n, channels, height, width] = shape;
      const block = attributes.integer("blocksize", MAX_BLOCK);
      if (height % block !== 0 || width % block !== 0)
        throw new NetError(`has an input of ${height} × ${width} pixels, whose sides are not multiples of ${block}`);
      return { type, shape: [n, channels * block ** 2, height / block, width / block] };
    },
  },
};

const MAX_BLOCK = 8;
/** The maximum padding of one Pad or Conv on one side, in pixels. */
const MAX_PADDING = 64;
const MAX_STRIDE = 8;

/**
 * Infers the shape of every value for one input size, and computes the cost of the graph from them. Throws a {@link NetError} at the
 * first invalid node: an operator or attribute that is not allowed, an input that is not defined before the node, shapes that do not
 * match, or a weight that is not finite.
 */
export function costOf(graph: Graph, input: { name: string; shape: readonly number[] }, output: string): Cost {
  const values = new Map<string, Value>([[input.name, { type: FLOAT, shape: input.shape }]]);
  for (const tensor of graph.initializers) addValue(values, tensor.name, constantOf(tensor));

  // The runtime keeps the graph's input and output in memory until the end of the run.
  const lastUse = new Map([input.name, output].map((name) => [name, graph.nodes.length]));
  for (const [i, { inputs }] of graph.nodes.entries())
    for (const name of inputs) lastUse.set(name, Math.max(i, lastUse.get(name) ?? 0));

  let liveBytes = [...values.values()].reduce((sum, value) => sum + bytesOf(value), 0);
  let peakBytes = liveBytes;
  let multiplyAdds = 0;
  for (const [i, node] of graph.nodes.entries()) {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : values.get(name)));
    const [out, ...others] = node.outputs;
    if (out === undefined || others.length > 0) throw nodeError(node, i, "must have one output");
    const result = outputOf(node, i, inputs);
    addValue(values, out, result);
    liveBytes += bytesOf(result);
    peakBytes = Math.max(peakBytes, liveBytes + workspaceOf(node, inputs, result));
    if (node.operator === "Conv")
      multiplyAdds += sizeOf(result.shape) * (sizeOf(inputs[1]!.shape) / inputs[1]!.shape[0]!);
    for (const name of new Set([...node.inputs, out])) {
      const value = values.get(name);
      if (value && !value.constant && (lastUse.get(name) ?? i) <= i) liveBytes -= bytesOf(value);
    }
  }
  const outputValue = values.get(output);
  if (!outputValue) throw new NetError(`No node computes the output ${quoted(output)} of the net.`);
  if (outputValue.type !== FLOAT) throw new NetError(`The output ${quoted(output)} of the net is not float.`);
  return { peakBytes, multiplyAdds, shape: outputValue.shape };
}

function addValue(values: Map<string, Value>, name: string, value: Value): void {
  if (name === "" || values.has(name)) throw new NetError(`Two values of the net have the name ${quoted(name)}.`);
  values.set(name, value);
}

function outputOf(node: Node, i: number, inputs: (Value | undefined)[]): Value {
  const operator = Object.hasOwn(OPERATORS, node.operator) ? OPERATORS[node.operator] : undefined;
  if (!operator) throw new NetError(`The operator ${quoted(node.operator)} is not allowed in a style net.`);
  const missing = node.inputs.find((name, k) => name !== "" && inputs[k] === undefined);
  if (missing !== undefined) throw nodeError(node, i, `reads ${quoted(missing)}, which is not defined before it`);
  const [min, max] = operator.inputs;
  if (inputs.length < min || inputs.length > max)
    throw nodeError(node, i, `has ${inputs.length} inputs instead of ${min === max ? min : `${min} to ${max}`}`);
  const unknownAttribute = [...node.attributes.keys()].find((name) => !operator.attributes.includes(name));
  if (unknownAttribute !== undefined)
    throw nodeError(node, i, `has the attribute ${quoted(unknownAttribute)}, which is not allowed`);
  try {
    const result = operator.output(inputs, new Attributes(node.attributes));
    if (!result.shape.every((size) => size >= 1)) throw new NetError("has an empty output");
    return result;
  } catch (error) {
    throw error instanceof NetError ? nodeError(node, i, error.message) : error;
  }
}

const nodeError = ({ operator }: Node, i: number, problem: string) =>
  new NetError(`Node ${i} of the net (${operator}) ${problem}.`);

/** Shortens and escapes a name from the file: the file is not trusted. */
const quoted = (name: string) => JSON.stringify(name.slice(0, 40));

function convolution([x, kernel, bias]: (Value | undefined)[], attributes: Attributes): Value {
  const { shape } = imageInput(floatInput(x));
  const weights = imageInput(floatInput(kernel));
  const [outputs, channels, ...window] = weights.shape;
  if (channels !== shape[1]) throw new NetError(`has a kernel for ${channels} channels, but its input has ${shape[1]}`);
  if (bias && String(floatInput(bias).shape) !== String([outputs]))
    throw new NetError("has a bias whose size differs from its number of output channels");
  if (String(attributes.integers("kernel_shape", window, [1, MAX_KERNEL])) !== String(window))
    throw new NetError("has a kernel_shape that differs from the shape of its kernel");
  const strides = attributes.integers("strides", [1, 1], [1, MAX_STRIDE]);
  const pads = attributes.integers("pads", [0, 0, 0, 0], [0, MAX_PADDING]);
  const sides = window.map((size, axis) => {
    const lastOffset = shape[axis + 2]! + pads[axis]! + pads[axis + 2]! - size;
    return Math.floor(lastOffset / strides[axis]!) + 1;
  });
  return { type: FLOAT, shape: [shape[0], outputs, ...sides] };
}

const MAX_KERNEL = 15;

/**
 * Scales and zero points must be constants: either one number, or one number per slice of an axis. No scale may dequantize to a number
 * that is not finite.
 */
function checkScales(x: Value, scale: Value | undefined, zeroPoint: Value | undefined, attributes: Attributes): void {
  const { constant, shape } = requiredInput(scale);
  if (!(constant instanceof Float32Array)) throw new NetError("has a scale that is not a float constant");
  const axis = attributes.integer("axis", x.shape.length - 1, 0, 1);
  const isScalar = shape.length === 0;
  if (!isScalar && (shape.length !== 1 || shape[0] !== x.shape[axis]))
    throw new NetError("has scales whose number differs from the size of the axis");
  if (zeroPoint && (!zeroPoint.constant || String(zeroPoint.shape) !== String(shape)))
    throw new NetError("has a zero point that is not constant or does not have the shape of the scale");
  const maxSteps = x.type === INT32 ? 2 ** 31 : 2 ** 9;
  if (!constant.every((s) => s > 0 && Number.isFinite(Math.fround(s * maxSteps))))
    throw new NetError("has a scale that is not a positive finite number");
}

/**
 * The memory that ONNX Runtime allocates for a quantized convolution, in addition to its input and output: a copy of each in another
 * layout (one byte per number), and a 4-byte pointer per output pixel and kernel position.
 */
function workspaceOf({ operator }: Node, inputs: (Value | undefined)[], result: Value): number {
  if (operator !== "Conv") return 0;
  const [x, kernel] = inputs;
  const [, , height = 1, width = 1] = result.shape;
  const window = kernel!.shape.slice(2).reduce((a, b) => a * b, 1);
  return sizeOf(x!.shape) + sizeOf(result.shape) + 4 * window * height * width;
}

function constantOf({ name, dims, data }: Tensor): Value {
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0) || sizeOf(dims) !== data.length)
    throw new NetError(`The constant ${quoted(name)} does not have as many numbers as its shape requires.`);
  if (data instanceof Float32Array && !data.every(Number.isFinite))
    throw new NetError(`The constant ${quoted(name)} has a number that is not finite. Train the style again.`);
  return { type: typeOf(data), shape: dims, constant: data };
}

function typeOf(data: TensorData): number {
  if (data instanceof Float32Array) return FLOAT;
  if (data instanceof Uint8Array) return UINT8;
  if (data instanceof Int8Array) return INT8;
  return data instanceof Int32Array ? INT32 : INT64;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const bytesOf = ({ type, shape }: Value): number => sizeOf(shape) * (BYTES[type] ?? 8);
const isIntegerIn = (value: number, min: number, max: number) =>
  Number.isInteger(value) && value >= min && value <= max;

function requiredInput(value: Value | undefined): Value {
  if (!value) throw new NetError("is missing a required input");
  return value;
}

function floatInput(value: Value | undefined): Value {
  if (requiredInput(value).type !== FLOAT) throw new NetError("has an input that is not float");
  return requiredInput(value);
}

function imageInput(value: Value | undefined): Value & { shape: readonly [number, number, number, number] } {
  const { type, shape } = requiredInput(value);
  const [n, channels, height, width, ...others] = shape;
  if (n === undefined || channels === undefined || height === undefined || width === undefined || others.length > 0)
    throw new NetError(`has an input of ${shape.length} dimensions instead of four`);
  return { type, shape: [n, channels, height, width] };
}

function checkScalar({ constant, shape }: Value, name: string): void {
  if (!constant || shape.length > 0) throw new NetError(`has a ${name} that is not a constant number`);
}

/** Reads and checks the attributes of a node. */
class Attributes {
  readonly #given: ReadonlyMap<string, Attribute>;
  constructor(given: ReadonlyMap<string, Attribute>) {
    this.#given = given;
  }

  /** An integer in `min`..`max`. The attribute is required if there is no default. */
  integer(name: string, max: number, min = 1, defaultValue?: number): number {
    const given = this.#given.get(name);
    if (given === undefined && defaultValue !== undefined) return defaultValue;
    if (typeof given !== "bigint" || !isIntegerIn(Number(given), min, max))
      throw new NetError(`must have ${name} in ${min}..${max}`);
    return Number(given);
  }

  /** One of these values. The first one is the default. */
  oneOf<Option extends string>(name: string, options: readonly [Option, ...Option[]]): Option {
    const given = this.#given.get(name) ?? options[0];
    const found = options.find((option) => option === given);
    if (found === undefined) throw new NetError(`must have ${name} ${options.join(" or ")}`);
    return found;
  }

  /** As many integers in `min`..`max` as the default has. */
  integers(name: string, defaults: readonly number[], [min, max]: readonly [number, number]): readonly number[] {
    const given = this.#given.get(name) ?? defaults.map(BigInt);
    const numbers = Array.isArray(given) ? given.map(Number) : [];
    if (numbers.length !== defaults.length || !numbers.every((value) => isIntegerIn(value, min, max)))
      throw new NetError(`must have ${defaults.length} ${name} in ${min}..${max}`);
    return numbers;
  }
}
