import { FLOAT, type Model, type ValueInfo } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { MAX_INPUT_SIDE, MIN_INPUT_SIDE } from "../vision/stylizer.ts";
import { costOf, NetError } from "./net-shapes.ts";

/**
 * The maximum cost of a style net for the largest part of a picture that the stylizer runs it on. A net of the trained architecture
 * costs 15 MiB and 2.3 G multiply-adds there. ONNX Runtime's memory grows by about the estimate: by 16 MiB for such a net (estimate:
 * 15 MiB), by 38 MiB for a float32 net with an estimate of 52 MiB.
 */
const MAX_COST = { peakBytes: 20 * 2 ** 20, multiplyAdds: 4e9 };
const MAX_NODES = 256;

const INPUT = "photograph";
const OUTPUT = "picture";

/**
 * Why a file is not a valid style net, as a message for the job service. Undefined if it is valid. The job service is trusted with
 * pictures, but its nets run in this isolate. This check limits their memory and computing time.
 */
export function netProblem(bytes: Uint8Array): string | undefined {
  let model: Model;
  try {
    model = readOnnx(bytes);
  } catch {
    return "The file is not an ONNX model, or uses ONNX features that style nets do not have.";
  }
  const { inputs, outputs, nodes } = model.graph;
  if (nodes.length > MAX_NODES)
    return `The net has ${nodes.length} nodes. A style net can have at most ${MAX_NODES} nodes.`;
  if (!isPicture(inputs, INPUT) || !isPicture(outputs, OUTPUT)) {
    return `A style net must have one input ${INPUT} and one output ${OUTPUT}, each float [n, 3, height, width].`;
  }
  try {
    for (const side of [MIN_INPUT_SIDE, MAX_INPUT_SIDE]) {
      const shape = [1, 3, side, side];
      const { peakBytes, multiplyAdds, shape: outputShape } = costOf(model.graph, { name: INPUT, shape }, OUTPUT);
      if (String(outputShape) !== String(shape))
        return `The net's output has the shape [${outputShape}] for an input of [${shape}]. The shapes must be equal.`;
      if (peakBytes > MAX_COST.peakBytes)
        return `The net needs ${mebibytes(peakBytes)} MiB for ${side} × ${side} pixels; the limit is ${mebibytes(MAX_COST.peakBytes)} MiB. Train a net with fewer channels.`;
      if (multiplyAdds > MAX_COST.multiplyAdds)
        return `The net needs ${giga(multiplyAdds)} G multiply-adds for ${side} × ${side} pixels; the limit is ${giga(MAX_COST.multiplyAdds)} G. Train a net with fewer layers or channels.`;
    }
  } catch (error) {
    if (error instanceof NetError) return error.message;
    throw error;
  }
  return undefined;
}

const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
const giga = (count: number) => (count / 1e9).toFixed(1);

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
