import { type Graph, isTensor, type Node, type Tensor } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { type AttributeReader, OPERATORS } from "./import-operators.ts";
import { constant, integers, type Value } from "./value.ts";

class UnknownLayerError extends Error {
  override name = "UnknownLayerError";
}

class UnknownOperatorError extends Error {
  override name = "UnknownOperatorError";
}

/** A net that was read and not yet given its input. */
export interface ImportedNet {
  /** The names of its layers' values, in the order in which they are reckoned. */
  readonly layers: readonly string[];
  /**
   * The values of `layers` for the picture `x` [N, C, H, W], and of nothing after them. Each layer goes by the name that its
   * value has in the file. Throws `UnknownLayerError`, or `UnknownOperatorError` naming every operator on the way that has no
   * rule of differentiation here.
   */
  features<Layer extends string>(x: Value, layers: readonly Layer[]): Record<Layer, Value>;
}

/** Reads an ONNX file of one input as a differentiable graph. Weights are constants; nets of one batch size take any. */
export function importNet(bytes: Uint8Array): ImportedNet {
  const { graph } = readOnnx(bytes);
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor] as const));
  const netInputs = graph.inputs.filter(({ name }) => !constants.has(name));
  const [netInput] = netInputs;
  if (!netInput || netInputs.length > 1)
    throw new Error(`The net has ${netInputs.length} inputs; one picture must be all that it takes.`);

  // Shared by every graph that is built of this net, so that a kernel turned round once is turned round for all.
  const weights = new Map<string, Value>();
  const weight = (tensor: Tensor): Value => {
    const known = weights.get(tensor.name) ?? constantOf(tensor);
    weights.set(tensor.name, known);
    return known;
  };

  return {
    layers: layersOf(graph),
    features(x, layers) {
      const order = requiredNodes(graph, producers, layers);
      const values = new Map<string, Value>([[netInput.name, x]]);
      const read = (name: string): Value => {
        const tensor = constants.get(name);
        const value = values.get(name) ?? (tensor && weight(tensor));
        if (!value) throw new Error(`The net is broken: nothing gives ${name}.`);
        return value;
      };
      for (const node of order) {
        const inputs = node.inputs.map((name) => (name === "" ? undefined : read(name)));
        values.set(node.outputs[0]!, OPERATORS[node.operator]!(inputs, attributeReader(node)));
      }
      const features = layers.map((layer) => [layer, read(layer)] as const);
      return Object.fromEntries(features) as Record<(typeof layers)[number], Value>;
    },
  };
}

/** What no one would call a layer. */
const NON_LAYER_OPERATORS = new Set(["Constant", "DequantizeLinear", "Shape", "Gather", "Unsqueeze", "Identity"]);

const layersOf = ({ nodes }: Graph): string[] =>
  nodes.filter(({ operator }) => !NON_LAYER_OPERATORS.has(operator)).flatMap(({ outputs }) => outputs[0]!);

/** The nodes that lead to these layers, each after those it stands on. */
function requiredNodes(graph: Graph, producers: ReadonlyMap<string, Node>, layers: readonly string[]): Node[] {
  for (const layer of layers)
    if (!producers.has(layer))
      throw new UnknownLayerError(`The net has no layer ${layer}. It has ${layersOf(graph).join(", ")}.`);
  const required = new Set<string>(layers);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => required.has(name))) continue;
    nodes.unshift(node);
    for (const name of node.inputs) required.add(name);
  }
  const unknown = new Set(
    nodes.map(({ operator }) => operator).filter((operator) => !Object.hasOwn(OPERATORS, operator)),
  );
  if (unknown.size > 0)
    throw new UnknownOperatorError(
      `The net uses ${[...unknown].join(", ")}, which cannot be differentiated here. ` +
        `Known are ${Object.keys(OPERATORS).join(", ")}. Cut the net at an earlier layer, or export it without them.`,
    );
  return nodes;
}

function attributeReader(node: Node): AttributeReader {
  const attribute = (name: string) => node.attributes.get(name);
  return {
    node: node.name || node.outputs[0]!,
    integer: (name, fallback) => (typeof attribute(name) === "bigint" ? Number(attribute(name)) : fallback),
    number: (name, fallback) => (typeof attribute(name) === "number" ? Number(attribute(name)) : fallback),
    text(name, fallback) {
      const value = attribute(name);
      return typeof value === "string" ? value : fallback;
    },
    integers(name) {
      const value = attribute(name);
      return Array.isArray(value) ? value.map(Number) : undefined;
    },
    tensor(name) {
      const value = attribute(name);
      return isTensor(value) ? constantOf(value) : undefined;
    },
  };
}

function constantOf({ dims, data }: Tensor): Value {
  if (data instanceof Float32Array) return constant(data, dims);
  if (data instanceof BigInt64Array) return { ...integers([...data].map(Number)), shape: dims };
  // Quantized weights: as numbers, for DequantizeLinear to scale.
  return constant(Float32Array.from(data), dims);
}
