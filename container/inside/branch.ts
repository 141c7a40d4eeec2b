import { constant, type Graph, type Node } from "../../models/importer/onnx.ts";

/** Operators that keep channels separate and in order. */
const CHANNEL_BY_CHANNEL = new Set(
  (
    "Relu LeakyRelu PRelu Sigmoid Tanh Clip Elu HardSwish Identity Dropout BatchNormalization Add Sub Mul Div " +
    "MaxPool AveragePool Pad Resize QuantizeLinear DequantizeLinear"
  ).split(" "),
);

/**
 * Finds the branch of a unit in concatenated maps, whose receptive field can be smaller than the layer's. Goes back
 * from a layer to the last value before its unit's map was concatenated. Returns the layer itself if it is not a
 * concatenation or its channels cannot be counted.
 */
export function branchOf(graph: Graph, layer: string, unit: number): string {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const joined = producers.get(layer);
  if (joined?.operator !== "Concat" || joined.attributes.get("axis") !== 1n) return layer;
  let first = 0;
  for (const name of joined.inputs) {
    const channels = channelsOf(name, graph, producers);
    if (channels === undefined) return layer;
    if (unit < first + channels) return branchOf(graph, name, unit - first);
    first += channels;
  }
  return layer;
}

function channelsOf(name: string, graph: Graph, producers: ReadonlyMap<string, Node>): number | undefined {
  const input = graph.inputs.find((value) => value.name === name);
  const producer = producers.get(name);
  if (!producer) return typeof input?.dims[1] === "number" ? input.dims[1] : undefined;
  const { operator, inputs } = producer;
  if (operator === "Conv") {
    const dequantized = producers.get(inputs[1]!)?.inputs[0];
    return constant(graph, dequantized ?? inputs[1]!)?.dims[0];
  }
  if (operator === "Concat" && producer.attributes.get("axis") === 1n) {
    const counts = inputs.map((each) => channelsOf(each, graph, producers));
    return counts.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
  }
  // The first operand that is not a constant has the output's channels, unless it has one channel that is broadcast.
  const operand = inputs.find((each) => producers.has(each) || each === input?.name);
  const counted = operand === undefined ? undefined : channelsOf(operand, graph, producers);
  return CHANNEL_BY_CHANNEL.has(operator) && counted !== 1 ? counted : undefined;
}
