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

/** What a graph costs at one size of its input. */
export interface Cost {
  /** Most bytes at one moment: all values that are still read, what the operator at work needs beside them, all constants. */
  peakBytes: number;
  /** Multiply-adds of all convolutions. */
  multiplyAdds: number;
  /** Of the graph's output. */
  shape: readonly number[];
}

/** A graph that is not what style nets are. The message is for whoever made it. */
export class NetError extends Error {
  override name = "NetError";
}

const BYTES: Record<number, number> = { [FLOAT]: 4, [UINT8]: 1, [INT8]: 1, [INT32]: 4, [INT64]: 8 };

/** A value of the graph: its type (TensorProto.DataType), its shape, and its numbers where they are constant. */
interface Value {
  type: number;
  shape: readonly number[];
  constant?: TensorData;
}

interface Operator {
  /** What it may say; all else is refused. */
  attributes: readonly string[];
  /** How many inputs it may have. The first is what it works on. */
  inputs: readonly [least: number, most: number];
  output: (inputs: (Value | undefined)[], attributes: Attributes) => Value;
}

/** What style nets are made of (`container/style-net/`), quantized or not. None of it reads, loops or branches. */
const OPERATORS: Record<string, Operator> = {
  Add: {
    attributes: [],
    inputs: [2, 2],
    output([x, y]) {
      const [one, other] = [real(x), real(y)];
      if (String(one.shape) !== String(other.shape)) throw new NetError("has inputs of different shapes");
      return one;
    },
  },
  Clip: {
    attributes: [],
    inputs: [1, 3],
    output([x, ...bounds]) {
      for (const bound of bounds) if (bound) scalar(bound);
      return real(x);
    },
  },
  Conv: { attributes: ["kernel_shape", "strides", "pads"], inputs: [2, 3], output: convolution },
  DepthToSpace: {
    attributes: ["blocksize", "mode"],
    inputs: [1, 1],
    output([x], attributes) {
      const { type, shape } = picture(x);
      const [n, channels, height, width] = shape;
      const block = attributes.whole("blocksize", MOST_BLOCK);
      attributes.word("mode", ["DCR", "CRD"]);
      if (channels % block ** 2 !== 0) throw new NetError(`cannot spread ${channels} channels`);
      return { type, shape: [n, channels / block ** 2, height * block, width * block] };
    },
  },
  DequantizeLinear: {
    attributes: ["axis"],
    inputs: [2, 3],
    output([x, scale, zero], attributes) {
      const { type, shape } = present(x);
      if (type !== UINT8 && type !== INT8 && type !== INT32) throw new NetError("has an input that is not quantized");
      if (zero && zero.type !== type) throw new NetError("has zeros of another type");
      scales(present(x), scale, zero, attributes);
      return { type: FLOAT, shape };
    },
  },
  Pad: {
    attributes: ["mode"],
    inputs: [2, 3],
    output([x, pads, filling], attributes) {
      const { type, shape } = picture(x);
      if (filling) scalar(filling);
      const mode = attributes.word("mode", ["constant", "edge", "reflect"]);
      const by = [...(present(pads).constant ?? [])].map(Number);
      if (by.length !== 8 || by.some((pixels, i) => !within(pixels, 0, i % 4 < 2 ? 0 : MOST_PADDING)))
        throw new NetError(`must add 0 to ${MOST_PADDING} constant pixels on each side, and no channels`);
      if (mode === "reflect" && by.some((pixels, i) => pixels >= shape[i % 4]!))
        throw new NetError("reflects more pixels than there are");
      return { type, shape: shape.map((size, axis) => size + by[axis]! + by[axis + 4]!) };
    },
  },
  QuantizeLinear: {
    attributes: ["axis"],
    inputs: [3, 3],
    output([x, scale, zero], attributes) {
      const { type } = present(zero);
      if (type !== UINT8 && type !== INT8) throw new NetError("must give bytes");
      scales(real(x), scale, zero, attributes);
      return { type, shape: real(x).shape };
    },
  },
  Relu: { attributes: [], inputs: [1, 1], output: ([x]) => real(x) },
  SpaceToDepth: {
    attributes: ["blocksize"],
    inputs: [1, 1],
    output([x], attributes) {
      const { type, shape } = picture(x);
      const [n, channels, height, width] = shape;
      const block = attributes.whole("blocksize", MOST_BLOCK);
      if (height % block !== 0 || width % block !== 0) throw new NetError(`cannot split ${height} × ${width} pixels`);
      return { type, shape: [n, channels * block ** 2, height / block, width / block] };
    },
  },
};

const MOST_BLOCK = 8;
/** Of one Pad or Conv, on one side. */
const MOST_PADDING = 64;
const MOST_STRIDE = 8;

/**
 * Infers the shape of every value for one size of the input, and from these what the graph costs. Throws {@link NetError} at the
 * first node that is not allowed: an unknown operator or attribute, an input that nothing before it gives, shapes that do not
 * fit, a weight that is not finite.
 */
export function costOf(graph: Graph, input: { name: string; shape: readonly number[] }, output: string): Cost {
  const values = new Map<string, Value>([[input.name, { type: FLOAT, shape: input.shape }]]);
  for (const tensor of graph.initializers) define(values, tensor.name, constantOf(tensor));

  // The runtime holds inputs and outputs until the run is over.
  const lastUse = new Map([input.name, output].map((name) => [name, graph.nodes.length]));
  for (const [i, { inputs }] of graph.nodes.entries())
    for (const name of inputs) lastUse.set(name, Math.max(i, lastUse.get(name) ?? 0));

  let held = [...values.values()].reduce((sum, value) => sum + bytesOf(value), 0);
  let peakBytes = held;
  let multiplyAdds = 0;
  for (const [i, node] of graph.nodes.entries()) {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : values.get(name)));
    const [out, ...others] = node.outputs;
    if (out === undefined || others.length > 0) throw fault(node, i, "must have one output");
    const made = outputOf(node, i, inputs);
    define(values, out, made);
    held += bytesOf(made);
    peakBytes = Math.max(peakBytes, held + workspaceOf(node, inputs, made));
    if (node.operator === "Conv") multiplyAdds += count(made.shape) * (count(inputs[1]!.shape) / inputs[1]!.shape[0]!);
    for (const name of new Set([...node.inputs, out])) {
      const value = values.get(name);
      if (value && !value.constant && (lastUse.get(name) ?? i) <= i) held -= bytesOf(value);
    }
  }
  const given = values.get(output);
  if (!given) throw new NetError(`Nothing in the net gives its output ${quoted(output)}.`);
  if (given.type !== FLOAT) throw new NetError(`The output ${quoted(output)} of the net is not float.`);
  return { peakBytes, multiplyAdds, shape: given.shape };
}

function define(values: Map<string, Value>, name: string, value: Value): void {
  if (name === "" || values.has(name)) throw new NetError(`Two values of the net have the name ${quoted(name)}.`);
  values.set(name, value);
}

function outputOf(node: Node, i: number, inputs: (Value | undefined)[]): Value {
  const operator = Object.hasOwn(OPERATORS, node.operator) ? OPERATORS[node.operator] : undefined;
  if (!operator) throw new NetError(`A style net has no operator ${quoted(node.operator)}.`);
  const missing = node.inputs.find((name, k) => name !== "" && inputs[k] === undefined);
  if (missing !== undefined) throw fault(node, i, `reads ${quoted(missing)}, which nothing before it gives`);
  const [least, most] = operator.inputs;
  if (inputs.length < least || inputs.length > most) throw fault(node, i, `has ${inputs.length} inputs`);
  const foreign = [...node.attributes.keys()].find((name) => !operator.attributes.includes(name));
  if (foreign !== undefined) throw fault(node, i, `has the attribute ${quoted(foreign)}, which style nets do not use`);
  try {
    const made = operator.output(inputs, new Attributes(node.attributes));
    if (!made.shape.every((size) => size >= 1)) throw new NetError("gives an empty result");
    return made;
  } catch (error) {
    throw error instanceof NetError ? fault(node, i, error.message) : error;
  }
}

const fault = ({ operator }: Node, i: number, what: string) =>
  new NetError(`Node ${i} of the net (${operator}) ${what}.`);

/** Names come from whoever made the file. */
const quoted = (name: string) => JSON.stringify(name.slice(0, 40));

function convolution([x, kernel, bias]: (Value | undefined)[], attributes: Attributes): Value {
  const { shape } = picture(real(x));
  const weights = picture(real(kernel));
  const [outputs, channels, ...window] = weights.shape;
  if (channels !== shape[1]) throw new NetError(`convolves ${channels} channels of ${shape[1]}`);
  if (bias && String(real(bias).shape) !== String([outputs])) throw new NetError("has a bias of another size");
  if (String(attributes.wholes("kernel_shape", window, [1, MOST_KERNEL])) !== String(window))
    throw new NetError("has another kernel_shape than its kernel");
  const strides = attributes.wholes("strides", [1, 1], [1, MOST_STRIDE]);
  const pads = attributes.wholes("pads", [0, 0, 0, 0], [0, MOST_PADDING]);
  const sides = window.map((size, axis) => {
    const room = shape[axis + 2]! + pads[axis]! + pads[axis + 2]! - size;
    return Math.floor(room / strides[axis]!) + 1;
  });
  return { type: FLOAT, shape: [shape[0], outputs, ...sides] };
}

const MOST_KERNEL = 15;

/** Scales and zeros are constants, one for all or one for each slice of an axis, and none makes a number that is not finite. */
function scales(x: Value, scale: Value | undefined, zero: Value | undefined, attributes: Attributes): void {
  const { constant, shape } = present(scale);
  if (!(constant instanceof Float32Array)) throw new NetError("has a scale that is not constant");
  const axis = attributes.whole("axis", x.shape.length - 1, 0, 1);
  const isWhole = shape.length === 0;
  if (!isWhole && (shape.length !== 1 || shape[0] !== x.shape[axis])) throw new NetError("has scales of another size");
  if (zero && (!zero.constant || String(zero.shape) !== String(shape))) throw new NetError("has zeros of another size");
  const most = x.type === INT32 ? 2 ** 31 : 2 ** 9;
  if (!constant.every((s) => s > 0 && Number.isFinite(Math.fround(s * most))))
    throw new NetError("has a scale that is not a positive finite number");
}

/** Beside inputs and output: a copy of each in another order, and for each place of the kernel a pointer a pixel. */
function workspaceOf({ operator }: Node, inputs: (Value | undefined)[], made: Value): number {
  if (operator !== "Conv") return 0;
  const [x, kernel] = inputs;
  const [, , height = 1, width = 1] = made.shape;
  const window = kernel!.shape.slice(2).reduce((a, b) => a * b, 1);
  return count(x!.shape) + count(made.shape) + 4 * window * height * width;
}

function constantOf({ name, dims, data }: Tensor): Value {
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0) || count(dims) !== data.length)
    throw new NetError(`The constant ${quoted(name)} has not as many numbers as its shape says.`);
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

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const bytesOf = ({ type, shape }: Value): number => count(shape) * (BYTES[type] ?? 8);
const within = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

function present(value: Value | undefined): Value {
  if (!value) throw new NetError("lacks an input");
  return value;
}

function real(value: Value | undefined): Value {
  if (present(value).type !== FLOAT) throw new NetError("has an input that is not float");
  return present(value);
}

function picture(value: Value | undefined): Value & { shape: readonly [number, number, number, number] } {
  const { type, shape } = present(value);
  const [n, channels, height, width, ...others] = shape;
  if (n === undefined || channels === undefined || height === undefined || width === undefined || others.length > 0)
    throw new NetError(`has an input of ${shape.length} dimensions instead of four`);
  return { type, shape: [n, channels, height, width] };
}

/** A constant number. */
function scalar({ constant, shape }: Value): void {
  if (!constant || shape.length > 0) throw new NetError("has a bound that is not a constant number");
}

/** A node's attributes, read as what they should be. */
class Attributes {
  readonly #given: ReadonlyMap<string, Attribute>;
  constructor(given: ReadonlyMap<string, Attribute>) {
    this.#given = given;
  }

  /** A whole number in `least`..`most`; required where there is none instead of it. */
  whole(name: string, most: number, least = 1, instead?: number): number {
    const given = this.#given.get(name);
    if (given === undefined && instead !== undefined) return instead;
    if (typeof given !== "bigint" || !within(Number(given), least, most))
      throw new NetError(`must have ${name} in ${least}..${most}`);
    return Number(given);
  }

  /** One of these words; the first where it is left out. */
  word<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const given = this.#given.get(name) ?? words[0];
    const found = words.find((word) => word === given);
    if (found === undefined) throw new NetError(`must have ${name} ${words.join(" or ")}`);
    return found;
  }

  /** As many whole numbers as there are `instead` of them. */
  wholes(name: string, instead: readonly number[], [least, most]: readonly [number, number]): readonly number[] {
    const given = this.#given.get(name) ?? instead.map(BigInt);
    const numbers = Array.isArray(given) ? given.map(Number) : [];
    if (numbers.length !== instead.length || !numbers.every((value) => within(value, least, most)))
      throw new NetError(`must have ${instead.length} ${name} in ${least}..${most}`);
    return numbers;
  }
}
