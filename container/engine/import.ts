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

/** An imported net that has not been applied to an input yet. */
export interface ImportedNet {
  /** The names of the layers' output values, in the order of computation. */
  readonly layers: readonly string[];
  /**
   * The values of `layers` for the picture `x` [N, C, H, W]. Later nodes are not built. A layer is named by its output
   * value in the file. Throws `UnknownLayerError`, or `UnknownOperatorError` with all operators on the way that have no
   * gradient rule.
   */
  features<Layer extends string>(x: Value, layers: readonly Layer[]): Record<Layer, Value>;
}

/**
 * Reads an ONNX file with one input as a differentiable graph. The weights become constants. A net with a fixed batch
 * size accepts any batch size.
 */
export function importNet(bytes: Uint8Array): ImportedNet {
  const { graph } = readOnnx(bytes);
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor] as const));
  const netInputs = graph.inputs.filter(({ name }) => !constants.has(name));
  const [netInput] = netInputs;
  if (!netInput || netInputs.length > 1)
    throw new Error(`The net has ${netInputs.length} inputs. It must have exactly one: the picture.`);

  // Shared by all graphs built from this net, so that a kernel is transposed only once.
  const weights = new Map<string, Value>();
  const weight = (tensor: Tensor): Value => {
    const cached = weights.get(tensor.name) ?? constantOf(tensor);
    weights.set(tensor.name, cached);
    return cached;
  };

  return {
    layers: layersOf(graph),
    features(x, layers) {
      const order = requiredNodes(graph, producers, layers);
      const values = new Map<string, Value>([[netInput.name, x]]);
      const valueNamed = (name: string): Value => {
        const tensor = constants.get(name);
        const value = values.get(name) ?? (tensor && weight(tensor));
        if (!value) throw new Error(`The net is invalid: no node, input or initializer provides ${name}.`);
        return value;
      };
      for (const node of order) {
        const inputs = node.inputs.map((name) => (name === "" ? undefined : valueNamed(name)));
        values.set(node.outputs[0]!, OPERATORS[node.operator]!(inputs, attributeReader(node)));
      }
      const features = layers.map((layer) => [layer, valueNamed(layer)] as const);
      return Object.fromEntries(features) as Record<(typeof layers)[number], Value>;
    },
  };
}

/** Operators that are not listed as layers. */
const NON_LAYER_OPERATORS = new Set(["Constant", "DequantizeLinear", "Shape", "Gather", "Unsqueeze", "Identity"]);

const layersOf = ({ nodes }: Graph): string[] =>
  nodes.filter(({ operator }) => !NON_LAYER_OPERATORS.has(operator)).flatMap(({ outputs }) => outputs[0]!);

/** The nodes needed to compute these layers, each after the nodes it depends on. */
function requiredNodes(graph: Graph, producers: ReadonlyMap<string, Node>, layers: readonly string[]): Node[] {
  for (const layer of layers)
    if (!producers.has(layer))
      throw new UnknownLayerError(`The net has no layer ${layer}. Its layers are ${layersOf(graph).join(", ")}.`);
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
      `The net uses operators that cannot be differentiated: ${[...unknown].join(", ")}. ` +
        `Supported operators: ${Object.keys(OPERATORS).join(", ")}. Choose an earlier layer, or export the net without these operators.`,
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
  // Quantized weights become floats, which DequantizeLinear scales.
  return constant(Float32Array.from(data), dims);
}
