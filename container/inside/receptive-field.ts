import type { Graph, Node } from "../../models/importer/onnx.ts";
import { type NodeReader, readerOf } from "./node-reader.ts";

/**
 * The receptive field of a layer's units along one axis, in pixels of the picture: unit i sees `size` pixels around the
 * center center + i·step. Pixel centers are whole numbers. Positions outside the picture are padding.
 */
export interface AxisField {
  size: number;
  step: number;
  center: number;
}

/**
 * The union over all paths from the picture to the layer. Some paths may have a smaller field, and weights may be zero.
 */
export interface WindowField {
  down: AxisField;
  across: AxisField;
}

/** "everything": a unit may see the whole picture. "nothing": the value does not depend on the pixels. */
export type ReceptiveField = WindowField | "everything" | "nothing";

export class NoReceptiveFieldError extends Error {
  override name = "NoReceptiveFieldError";
}

/**
 * The receptive field of every value of a net whose only input is a picture [N, C, H, W]. Requesting a field that
 * cannot be determined, or one that depends on it, throws `NoReceptiveFieldError` with the operator's name.
 *
 * For a window of k elements, dilation d, stride s and p elements of padding: size' = size + (k − 1)·d·step, step' =
 * s·step, center' = center + ((k − 1)·d / 2 − p)·step. Araujo et al. 2019, "Computing receptive fields of convolutional
 * neural networks", equations 1 to 4.
 */
export function receptiveFields(graph: Graph): (layer: string) => ReceptiveField {
  const initial: AxisField = { size: 1, step: 1, center: 0 };
  const known = new Map<string, ReceptiveField | NoReceptiveFieldError>(
    graph.initializers.map(({ name }) => [name, "nothing"]),
  );
  for (const { name } of graph.inputs) if (!known.has(name)) known.set(name, { down: initial, across: initial });

  const field = (name: string): ReceptiveField => {
    const found = known.get(name);
    if (found === undefined) throw new NoReceptiveFieldError(`The net has no value ${name}.`);
    if (found instanceof Error) throw found;
    return found;
  };
  for (const node of graph.nodes) {
    let result: ReceptiveField | NoReceptiveFieldError;
    try {
      result = fieldAfter(
        node,
        node.inputs.map((name) => (name === "" ? "nothing" : field(name))),
        graph,
      );
    } catch (error) {
      if (!(error instanceof NoReceptiveFieldError)) throw error;
      result = error;
    }
    for (const name of node.outputs) known.set(name, result);
  }
  return field;
}

/** The values that depend on the picture's pixels, in the order of computation: the layers of the net. */
export function layersOf(graph: Graph): string[] {
  const constants = new Set(graph.initializers.map(({ name }) => name));
  const dependent = new Set(graph.inputs.map(({ name }) => name).filter((name) => !constants.has(name)));
  const layers: string[] = [];
  for (const { operator, inputs, outputs } of graph.nodes) {
    if (operator === "Shape" || !inputs.some((name) => dependent.has(name))) continue;
    for (const name of outputs) dependent.add(name);
    layers.push(...outputs);
  }
  return layers;
}

/** The pixels [first, last] that unit i sees. They can be outside the picture or between pixels. */
export function pixelsSeen({ size, step, center }: AxisField, i: number): { first: number; last: number } {
  const middle = center + i * step;
  return { first: middle - (size - 1) / 2, last: middle + (size - 1) / 2 };
}

function fieldAfter(node: Node, inputs: readonly ReceptiveField[], graph: Graph): ReceptiveField {
  // The size of a map does not depend on its pixels, and a function of constants is constant.
  if (node.operator === "Shape" || inputs.every((input) => input === "nothing")) return "nothing";
  const rule = RULES[node.operator];
  if (!rule)
    throw new NoReceptiveFieldError(
      `The receptive field of ${node.outputs[0]} cannot be determined: the operator ${node.operator} is not supported. ` +
        "Choose an earlier layer.",
    );
  const fail = (reason: string): never => {
    throw new NoReceptiveFieldError(
      `The receptive field of ${node.outputs[0]} (${node.operator}) cannot be determined: ${reason}. Choose an earlier layer.`,
    );
  };
  return inputs.includes("everything") ? "everything" : rule(inputs, { ...readerOf(node, graph), fail });
}

type Rule = (inputs: readonly ReceptiveField[], reader: RuleReader) => ReceptiveField;

interface RuleReader extends NodeReader {
  fail(reason: string): never;
}

/** Each output element depends on the input elements at the same position. */
const union: Rule = (inputs, { fail }) => {
  const windows = inputs.filter((input): input is WindowField => typeof input === "object");
  const along = (axis: keyof WindowField): AxisField => {
    const reaches = windows.map((window) => window[axis]);
    const step = reaches[0]!.step;
    if (reaches.some((reach) => reach.step !== step)) fail("its input maps have different steps");
    const edges = reaches.map((reach) => pixelsSeen(reach, 0));
    const first = Math.min(...edges.map((edge) => edge.first));
    const last = Math.max(...edges.map((edge) => edge.last));
    return { size: last - first + 1, step, center: (first + last) / 2 };
  };
  return { down: along("down"), across: along("across") };
};

const everything: Rule = () => "everything";

/** An operator along the channels keeps positions; along any other axis it combines all of them. */
const alongChannels: Rule = (inputs, reader) =>
  reader.axes().every((axis) => axis === 1 || axis === -3) ? union(inputs, reader) : "everything";

const window: Rule = ([input], { integers, kernelSize, fail, text }) => {
  if (!["NOTSET", "VALID"].includes(text("auto_pad", "NOTSET"))) fail("its padding depends on the picture's size");
  const size = kernelSize() ?? fail("its kernel is not 2-dimensional");
  const [strides, dilations, pads] = [integers("strides"), integers("dilations"), integers("pads")];
  return each(input, ({ size: seen, step, center }, axis) => {
    const reach = (size[axis]! - 1) * (dilations?.[axis] ?? 1);
    return {
      size: seen + reach * step,
      step: step * (strides?.[axis] ?? 1),
      center: center + (reach / 2 - (pads?.[axis] ?? 0)) * step,
    };
  });
};

/**
 * Output o depends on the inputs i for which o = i·s − p + u·d has a u in [0, k − 1]: from (o + p − (k − 1)·d) / s to
 * (o + p) / s. The exact set depends on the phase of o; this field covers all phases.
 */
const transposedWindow: Rule = ([input], { integers, kernelSize, fail, text }) => {
  if (text("auto_pad", "NOTSET") !== "NOTSET" || integers("output_shape"))
    fail("its padding depends on the picture's size");
  const size = kernelSize() ?? fail("its kernel is not 2-dimensional");
  const [strides, dilations, pads] = [integers("strides"), integers("dilations"), integers("pads")];
  return each(input, ({ size: seen, step, center }, axis) => {
    const stride = strides?.[axis] ?? 1;
    const reach = (size[axis]! - 1) * (dilations?.[axis] ?? 1);
    return {
      size: seen + (reach * step) / stride,
      step: step / stride,
      center: center + (((pads?.[axis] ?? 0) - reach / 2) * step) / stride,
    };
  });
};

/** Repeats each element k times: output o is the input floor(o / k), which is between (o − k + 1) / k and o / k. */
const enlarged = (input: ReceptiveField | undefined, factors: readonly [number, number]): ReceptiveField =>
  each(input, ({ size, step, center }, axis) => {
    const span = ((factors[axis]! - 1) / factors[axis]!) * step;
    return { size: size + span, step: step / factors[axis]!, center: center - span / 2 };
  });

const resize: Rule = ([input], { constantAt, fail, text }) => {
  const scales = constantAt(2);
  const coordinates = text("coordinate_transformation_mode", "half_pixel");
  const [, , tall = 0, wide = 0] = scales ?? [];
  if (text("mode", "nearest") !== "nearest" || ![tall, wide].every((k) => Number.isInteger(k) && k > 0))
    fail("only nearest-neighbor enlargement by integer factors is supported");
  // For an integer k, both modes round o / k down; "asymmetric" only with the nearest mode "floor".
  const floors = coordinates === "asymmetric" && text("nearest_mode", "round_prefer_floor") === "floor";
  if (!floors && coordinates !== "half_pixel") fail(`the coordinate mode ${coordinates} is not supported`);
  return enlarged(input, [tall, wide]);
};

const padded: Rule = ([input], { constantAt, fail }) => {
  const pads = constantAt(1);
  if (pads?.length !== 8) fail("its pads are not a constant for four axes");
  return each(input, (reach, axis) => ({ ...reach, center: reach.center - pads![2 + axis]! * reach.step }));
};

const sliced: Rule = ([input], { constantAt, fail }) => {
  const starts = constantAt(1) ?? fail("its starts are not constant");
  const axes = constantAt(3) ?? starts.map((_, axis) => axis);
  const steps = constantAt(4) ?? starts.map(() => 1);
  if ([...starts, ...axes].some((n) => n < 0) || steps.some((n) => n < 1))
    fail("it has negative starts, axes or steps");
  return each(input, ({ size, step, center }, axis) => {
    const at = axes.indexOf(2 + axis);
    return at === -1 ? { size, step, center } : { size, step: step * steps[at]!, center: center + starts[at]! * step };
  });
};

const rulesFor = (names: string, rule: Rule) => names.split(" ").map((name) => [name, rule] as const);

const RULES: Readonly<Record<string, Rule>> = Object.fromEntries([
  ...rulesFor("Add Sub Mul Div Pow Max Min Sum PRelu Where", union),
  ...rulesFor("Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Erf Gelu Mish", union),
  ...rulesFor("Abs Neg Exp Log Sqrt Reciprocal Sign Floor Ceil Round Clip Cast Identity Dropout", union),
  ...rulesFor("BatchNormalization LRN QuantizeLinear DequantizeLinear", union),
  ...rulesFor("Conv MaxPool AveragePool LpPool", window),
  ...rulesFor("ConvTranspose", transposedWindow),
  ...rulesFor(
    "Concat Split Softmax LogSoftmax ReduceMean ReduceSum ReduceMax ReduceMin ReduceL2 LpNormalization",
    alongChannels,
  ),
  ...rulesFor("Resize", resize),
  ...rulesFor("Pad", padded),
  ...rulesFor("Slice", sliced),
  ...rulesFor("DepthToSpace", ([input], { integer }) => {
    const block = integer("blocksize", 1);
    return enlarged(input, [block, block]);
  }),
  ...rulesFor("SpaceToDepth", ([input], { integer }) => {
    const block = integer("blocksize", 1);
    return each(input, ({ size, step, center }) => ({
      size: size + (block - 1) * step,
      step: step * block,
      center: center + ((block - 1) / 2) * step,
    }));
  }),
  ...rulesFor("GlobalAveragePool GlobalMaxPool GlobalLpPool InstanceNormalization GroupNormalization", everything),
  ...rulesFor("Gemm MatMul LayerNormalization", everything),
  // The positions of the elements cannot be determined without the shapes.
  ...rulesFor("Flatten Reshape Transpose Squeeze Unsqueeze Gather Expand Tile", everything),
]);

function each(input: ReceptiveField | undefined, of: (reach: AxisField, axis: 0 | 1) => AxisField): ReceptiveField {
  if (typeof input !== "object") return input ?? "nothing";
  return { down: of(input.down, 0), across: of(input.across, 1) };
}
