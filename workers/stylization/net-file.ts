import { FLOAT, type Graph, type Model, type Node, type ValueInfo } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";

/** What style nets are made of (`container/style-net/`), quantized or not. Nothing among it reads, loops or grows without bound. */
const OPERATORS = new Set([
  "Add",
  "Clip",
  "Conv",
  "DepthToSpace",
  "DequantizeLinear",
  "Pad",
  "QuantizeLinear",
  "Relu",
  "SpaceToDepth",
]);
const MOST_NODES = 256;
const MOST_CHANNELS = 512;
/** Of one Pad, on one side. */
const MOST_PADDING = 64;
const MOST_BLOCK = 8;

const INPUT = "photograph";
const OUTPUT = "picture";

/**
 * What is wrong with a file that should be a style net, for the log of whoever made it; undefined: nothing. It comes from a
 * service that is trusted with pictures, not with this isolate: what it may ask of the memory is bounded here.
 */
export function netTrouble(bytes: Uint8Array): string | undefined {
  let model: Model;
  try {
    model = readOnnx(bytes);
  } catch {
    return "This is not an ONNX file as style nets are.";
  }
  const { inputs, outputs, nodes } = model.graph;
  if (nodes.length > MOST_NODES) return `A style net has at most ${MOST_NODES} nodes.`;
  if (!isPicture(inputs, INPUT) || !isPicture(outputs, OUTPUT)) {
    return `A style net has one input ${INPUT} and one output ${OUTPUT}, each float [n, 3, height, width].`;
  }
  if (model.graph.initializers.some(({ dims }) => (dims[0] ?? 0) > MOST_CHANNELS)) {
    return `A layer of a style net has at most ${MOST_CHANNELS} channels.`;
  }
  const foreign = nodes.find(({ operator }) => !OPERATORS.has(operator));
  if (foreign) return `A style net has no operator ${foreign.operator.slice(0, 40)}.`;
  const loose = nodes.find((node) => !isBounded(node, model.graph));
  return loose && `A ${loose.operator} of the net is larger than style nets need.`;
}

function isPicture(values: readonly ValueInfo[], name: string): boolean {
  const [value, ...others] = values;
  if (!value || others.length > 0) return false;
  const { elementType, dims } = value;
  return (
    value.name === name &&
    elementType === FLOAT &&
    dims.length === 4 &&
    dims[1] === 3 &&
    typeof dims[2] === "string" &&
    typeof dims[3] === "string"
  );
}

function isBounded({ operator, inputs, attributes }: Node, { initializers }: Graph): boolean {
  const constant = (i: number) => initializers.find(({ name }) => name === inputs[i]);
  switch (operator) {
    case "Conv": {
      const pads = attributes.get("pads");
      return pads === undefined || (Array.isArray(pads) && pads.every(isPadding));
    }
    case "Pad": {
      const pads = constant(1)?.data;
      return pads instanceof BigInt64Array && pads.every(isPadding);
    }
    case "DepthToSpace":
    case "SpaceToDepth": {
      const size = attributes.get("blocksize");
      return typeof size === "bigint" && size >= 1n && size <= MOST_BLOCK;
    }
    default:
      return true;
  }
}

const isPadding = (padding: bigint): boolean => padding >= 0n && padding <= BigInt(MOST_PADDING);
