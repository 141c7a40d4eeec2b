import { prelu, softmax } from "./idioms.ts";
import { FLOAT, floats, type Graph, type Model, type Node, node } from "./onnx.ts";
import type { Spatial, TfliteGraph, TfliteOperator, Window } from "./tflite.ts";

export interface ConvertOptions {
  /** Name of the input, and of the outputs in the graph's order. */
  input: string;
  outputs: readonly string[];
  /**
   * Whether the net was trained on transposed pictures. If so, every kernel and the flattening order are transposed, so that the
   * converted net takes an upright picture: g(x) = f(xᵀ).
   */
  transposed: boolean;
}

/**
 * Converts a TFLite graph to ONNX with opset 13. NHWC maps become NCHW, the PReLU and softmax idioms become one operator each, and
 * the batch dimension is dynamic. It works from the outputs back to the input, so that it never visits operators that belong to an
 * idiom.
 */
export function convert(tflite: TfliteGraph, options: ConvertOptions): Model {
  const graph: Graph = { name: "converted from TFLite", nodes: [], initializers: [], inputs: [], outputs: [] };
  const producers = new Map(tflite.operators.map((operator) => [operator.output, operator]));
  const names = new Map<number, string>();

  const spatial = ([height, width]: Spatial): Spatial => (options.transposed ? [width, height] : [height, width]);
  const shape = (tensor: number) => tflite.tensors[tensor]!.shape;
  const mapSize = (tensor: number): Spatial => [shape(tensor)[1]!, shape(tensor)[2]!];
  const data = (tensor: number) => {
    const constant = tflite.tensors[tensor]!;
    if (constant.data instanceof Float32Array) return constant.data;
    throw new Error(`TFLite: ${constant.name} must be a float32 constant.`);
  };
  const weight = (name: string, dims: number[], values: Float32Array) => {
    graph.initializers.push(floats(name, dims, values));
    return name;
  };
  /** [out, height, width, in] → [out, in, height, width]. In a transposed net, height and width are swapped. */
  const kernel = (values: Float32Array, dims: number[]) =>
    permute(values, dims, options.transposed ? [0, 3, 2, 1] : [0, 3, 1, 2]);
  const windowAttributes = (from: number, size: Spatial, window: Window) => ({
    kernel_shape: spatial(size).map(BigInt),
    strides: spatial(window.strides).map(BigInt),
    pads: pads(spatial(mapSize(from)), spatial(size), spatial(window.strides), window.padding),
  });

  /** Adds the nodes that compute a tensor, and returns the name of its value. */
  function value(tensor: number): string {
    const known = names.get(tensor);
    if (known) return known;
    const operator = producers.get(tensor);
    if (!operator) throw new Error(`TFLite: no operator computes ${tflite.tensors[tensor]?.name}.`);
    const added = compute(operator);
    graph.nodes.push(added);
    names.set(tensor, added.outputs[0]!);
    return added.outputs[0]!;
  }

  function compute(operator: TfliteOperator): Node {
    const name = `t${operator.output}`;
    const [from = -1, weights = -1, bias = -1] = operator.inputs;

    const rectified = prelu(operator, producers, tflite.tensors);
    if (rectified) {
      const dims = shape(operator.output).length === 4 ? [rectified.slope.length, 1, 1] : [rectified.slope.length];
      return node("PRelu", [value(rectified.of), weight(`${name}.slope`, dims, rectified.slope)], name);
    }
    const normalized = softmax(operator, producers);
    if (normalized !== undefined) return node("Softmax", [value(normalized)], name, { axis: -1n });

    switch (operator.kind) {
      case "CONV_2D": {
        const { values, dims } = kernel(data(weights), shape(weights));
        return node(
          "Conv",
          [value(from), weight(`${name}.kernel`, dims, values), weight(`${name}.bias`, shape(bias), data(bias))],
          name,
          windowAttributes(from, [shape(weights)[1]!, shape(weights)[2]!], operator.window),
        );
      }
      case "DEPTHWISE_CONV_2D": {
        const [, height, width, channels] = shape(weights) as [number, number, number, number];
        const { values, dims } = permute(
          data(weights),
          shape(weights),
          options.transposed ? [3, 0, 2, 1] : [3, 0, 1, 2],
        );
        return node(
          "Conv",
          [value(from), weight(`${name}.kernel`, dims, values), weight(`${name}.bias`, shape(bias), data(bias))],
          name,
          { ...windowAttributes(from, [height, width], operator.window), group: BigInt(channels) },
        );
      }
      case "MAX_POOL_2D":
        return node("MaxPool", [value(from)], name, windowAttributes(from, operator.filter, operator.window));
      case "FULLY_CONNECTED": {
        const [out, columns] = shape(weights) as [number, number];
        let input = value(from);
        let values = data(weights);
        if (shape(from).length === 4) {
          // TFLite flattens a map as height, width, channel; ONNX as channel, height, width.
          values = kernel(values, [out, ...shape(from).slice(1)]).values;
          graph.nodes.push(node("Flatten", [input], `${name}.flat`));
          input = `${name}.flat`;
        }
        return node(
          "Gemm",
          [input, weight(`${name}.weights`, [out, columns], values), weight(`${name}.bias`, [out], data(bias))],
          name,
          { transB: 1n },
        );
      }
      case "ADD":
        return node("Add", [value(from), value(weights)], name);
      case "RESHAPE":
        if (shape(operator.output).length !== 2 || mapSize(from).some((size) => size !== 1))
          throw new Error("TFLite: only a RESHAPE of [n, 1, 1, c] to [n, c] is supported.");
        return node("Flatten", [value(from)], name);
      default:
        throw new Error(`TFLite: ${operator.kind} is not supported outside a PReLU or a softmax.`);
    }
  }

  const [input = -1] = tflite.inputs;
  const size = spatial(mapSize(input));
  graph.inputs.push({ name: options.input, elementType: FLOAT, dims: ["N", shape(input)[3]!, ...size] });
  names.set(input, options.input);
  tflite.outputs.forEach((tensor, i) => {
    const name = options.outputs[i];
    if (name === undefined)
      throw new Error(`TFLite: the graph has ${tflite.outputs.length} outputs, but the catalog names ${i}.`);
    graph.nodes.push(node("Identity", [value(tensor)], name));
    graph.outputs.push({ name, elementType: FLOAT, dims: ["N", ...shape(tensor).slice(1)] });
  });
  return { irVersion: 7n, producerName: "semblance", producerVersion: "", opset: 13n, graph };
}

/**
 * Padding of a map, [top, left, bottom, right]. SAME pads so that out = ⌈in / stride⌉, with the odd row or column at the end.
 * https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
function pads(map: Spatial, size: Spatial, strides: Spatial, padding: Window["padding"]): bigint[] {
  if (padding === "VALID") return [0n, 0n, 0n, 0n];
  const totals = [0, 1].map((axis) => {
    const [length, kernel, stride] = [map[axis]!, size[axis]!, strides[axis]!];
    return Math.max((Math.ceil(length / stride) - 1) * stride + kernel - length, 0);
  });
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, axis) => total - before[axis]!)].map(BigInt);
}

/** Permutes the dimensions of a 4-D array: axis i of the result is axis `order[i]` of `values`. */
function permute(values: Float32Array, dims: number[], order: readonly [number, number, number, number]) {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  const [a, b, c, d] = order.map((axis) => ({ dim: dims[axis]!, stride: strides[axis]! })) as [Axis, Axis, Axis, Axis];
  const permuted = new Float32Array(values.length);
  let to = 0;
  for (let i = 0; i < a.dim; i++)
    for (let j = 0; j < b.dim; j++)
      for (let k = 0; k < c.dim; k++)
        for (let l = 0; l < d.dim; l++)
          permuted[to++] = values[i * a.stride + j * b.stride + k * c.stride + l * d.stride]!;
  return { values: permuted, dims: order.map((axis) => dims[axis]!) };
}

interface Axis {
  dim: number;
  stride: number;
}
