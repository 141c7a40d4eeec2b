import type { Graph } from "../../models/importer/onnx.ts";
import { type NodeReader, readerOf } from "./node-reader.ts";

export class TooSmallError extends Error {
  override name = "TooSmallError";
}

type Sides = readonly [height: number, width: number];

/**
 * Throws `TooSmallError` if a picture [N, C, height, width] would shrink to nothing inside the net. ONNX Runtime does
 * not always report this and may end the whole process. Values whose size the graph alone does not determine are not
 * checked.
 */
export function throwIfTooSmall(graph: Graph, picture: { width: number; height: number }): void {
  const constants = new Set(graph.initializers.map(({ name }) => name));
  const sizes = new Map<string, Sides>();
  for (const { name } of graph.inputs) if (!constants.has(name)) sizes.set(name, [picture.height, picture.width]);
  for (const node of graph.nodes) {
    const sizeBefore = sizes.get(node.inputs.find((name) => sizes.has(name)) ?? "");
    const after = sizeBefore && sizeAfter(node.operator, sizeBefore, readerOf(node, graph));
    if (!after) continue;
    if (after.some((side) => side < 1))
      throw new TooSmallError(
        `A picture of ${picture.width} × ${picture.height} pixels is too small for the net: the output of ${node.outputs[0]} would be empty. Use a larger picture or an earlier layer.`,
      );
    for (const name of node.outputs) sizes.set(name, after);
  }
}

function sizeAfter(operator: string, size: Sides, reader: NodeReader): Sides | undefined {
  const { constantAt, integer, integers, kernelSize, text } = reader;
  const each = (of: (side: number, axis: 0 | 1) => number): Sides => [of(size[0], 0), of(size[1], 1)];
  const attribute = (name: string, axis: 0 | 1, fallback: number) => integers(name)?.[axis] ?? fallback;
  switch (operator) {
    case "Conv":
    case "MaxPool":
    case "AveragePool": {
      const kernel = kernelSize();
      if (!kernel || text("auto_pad", "NOTSET").startsWith("SAME")) return undefined;
      return each((side, axis) => {
        const window = (kernel[axis] - 1) * attribute("dilations", axis, 1) + 1;
        const padding = attribute("pads", axis, 0) + (integers("pads")?.[2 + axis] ?? 0);
        return Math.floor((side + padding - window) / attribute("strides", axis, 1)) + 1;
      });
    }
    case "SpaceToDepth":
      return each((side) => side / integer("blocksize", 1));
    case "DepthToSpace":
      return each((side) => side * integer("blocksize", 1));
    case "Pad": {
      const pads = constantAt(1);
      return pads?.length === 8 ? each((side, axis) => side + pads[2 + axis]! + pads[6 + axis]!) : undefined;
    }
    default:
      return KEEPS_SIZE.has(operator) ? size : undefined;
  }
}

const KEEPS_SIZE = new Set(
  (
    "Add Sub Mul Div PRelu Relu LeakyRelu Elu Sigmoid HardSigmoid HardSwish Tanh Clip Identity Dropout Concat " +
    "BatchNormalization InstanceNormalization LRN QuantizeLinear DequantizeLinear"
  ).split(" "),
);
