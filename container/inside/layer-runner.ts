import { FLOAT, type Graph, type Model, node } from "../../models/importer/onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { type FloatTensor, openSession, type SessionOptions } from "../engine/run.ts";
import { throwIfTooSmall } from "./map-size.ts";
import { layersOf } from "./receptive-field.ts";

/** Runs a net up to one of its layers. */
export interface LayerRunner {
  /**
   * Takes pictures [N, C, H, W] in the net's input format and returns the layer's values, [N, units, …]. Throws
   * `TooSmallError`.
   */
  run(pictures: FloatTensor): Promise<FloatTensor>;
  release(): Promise<void>;
}

export class UnknownLayerError extends Error {
  override name = "UnknownLayerError";
}

/** Opens a runner for a layer. Throws `UnknownLayerError` with the list of layers if the net has no such layer. */
export async function openLayerRunner(
  { graph, ...model }: Model,
  layer: string,
  options?: SessionOptions,
): Promise<LayerRunner> {
  const layers = layersOf(graph);
  if (!layers.includes(layer))
    throw new UnknownLayerError(`The net has no layer ${layer}. Its layers are ${layers.join(", ")}.`);
  const input = graph.inputs.find(({ name }) => !graph.initializers.some((tensor) => tensor.name === name))!;

  const byteParameters = byteParametersOf(layer, graph);
  const value = byteParameters ? `${layer}.real.value` : layer;
  // ONNX needs the rank of an output, which is unknown here. So the value is output flattened, together with its shape.
  const [flat, shape] = [`${layer}.flat`, `${layer}.shape`];
  const nodes = [
    ...requiredNodes(layer, graph),
    ...(byteParameters ? [node("DequantizeLinear", [layer, ...byteParameters], value)] : []),
    node("Flatten", [value], flat, { axis: 1n }),
    node("Shape", [value], `${shape}.int`),
    node("Cast", [`${shape}.int`], shape, { to: BigInt(FLOAT) }),
  ];
  const outputs = [
    { name: flat, elementType: FLOAT, dims: ["batch", "length"] },
    { name: shape, elementType: FLOAT, dims: ["rank"] },
  ];
  const truncated: Graph = { ...graph, inputs: [input], nodes, outputs, initializers: initializersOf(nodes, graph) };
  const session = await openSession(writeOnnx({ ...model, graph: truncated }), options);
  const run = async (pictures: FloatTensor): Promise<FloatTensor> => {
    const [, , height = 1, width = 1] = pictures.shape;
    throwIfTooSmall(truncated, { width, height });
    const values = await session.run({ [input.name]: pictures });
    return { shape: [...values[shape]!.data], data: values[flat]!.data };
  };
  const [batch] = input.dims;
  return {
    run: typeof batch === "number" ? (pictures) => runInBatches(batch, pictures, run) : run,
    release: () => session.release(),
  };
}

/** Runs a net with a fixed batch size. The last batch is filled with zeros. */
async function runInBatches(
  batch: number,
  { shape, data }: FloatTensor,
  run: LayerRunner["run"],
): Promise<FloatTensor> {
  const [count = 0, ...rest] = shape;
  const size = data.length / count;
  const parts: FloatTensor[] = [];
  for (let at = 0; at < count; at += batch) {
    const filledBatch = new Float32Array(batch * size);
    filledBatch.set(data.subarray(at * size, (at + batch) * size));
    const { shape: given, data: values } = await run({ shape: [batch, ...rest], data: filledBatch });
    const used = Math.min(batch, count - at);
    parts.push({ shape: [used, ...given.slice(1)], data: values.subarray(0, (used * values.length) / batch) });
  }
  const joined = new Float32Array(parts.reduce((length, part) => length + part.data.length, 0));
  parts.reduce((at, part) => {
    joined.set(part.data, at);
    return at + part.data.length;
  }, 0);
  return { shape: [count, ...parts[0]!.shape.slice(1)], data: joined };
}

/** The names of the scale and zero-point constants of a quantized layer; `undefined` if the layer is not quantized. */
function byteParametersOf(layer: string, { nodes }: Pick<Graph, "nodes">): string[] | undefined {
  const producer = nodes.find(({ outputs }) => outputs.includes(layer));
  if (producer?.operator === "QuantizeLinear") return producer.inputs.slice(1);
  return producer && KEEPS_BYTES.has(producer.operator) ? byteParametersOf(producer.inputs[0]!, { nodes }) : undefined;
}

/** Operators that keep the scale and zero point of bytes. */
const KEEPS_BYTES = new Set("Pad DepthToSpace SpaceToDepth Resize MaxPool Reshape Transpose Slice Identity".split(" "));

function requiredNodes(layer: string, graph: Graph): Graph["nodes"] {
  const needed = new Set([layer]);
  const nodes = graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => needed.has(name))) return false;
    for (const name of inputs) needed.add(name);
    return true;
  });
  return nodes.reverse();
}

function initializersOf(nodes: Graph["nodes"], graph: Graph): Graph["initializers"] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return graph.initializers.filter(({ name }) => read.has(name));
}
