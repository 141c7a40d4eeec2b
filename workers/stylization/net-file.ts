import { FLOAT, type Model, type ValueInfo } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { MAX_INPUT_SIDE, MIN_INPUT_SIDE } from "../vision/stylizer.ts";
import { costOf, NetError } from "./net-shapes.ts";

/**
 * What a style net may take at the largest part of a picture that the stylizer gives it. A net of the architecture that is
 * trained takes 15 MiB and 2.3 G multiply-adds there. ONNX Runtime's memory grows by about as much as is reckoned: by 16 MiB
 * for such a net, by 38 MiB for one in float32 that is reckoned at 52.
 */
const MOST = { peakBytes: 20 * 2 ** 20, multiplyAdds: 4e9 };
const MOST_NODES = 256;

const INPUT = "photograph";
const OUTPUT = "picture";

/**
 * What is wrong with a file that should be a style net, for the log of whoever made it; undefined: nothing. It comes from a
 * service that is trusted with pictures, not with this isolate: what it may ask of memory and time is bounded here.
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
  try {
    for (const side of [MIN_INPUT_SIDE, MAX_INPUT_SIDE]) {
      const shape = [1, 3, side, side];
      const { peakBytes, multiplyAdds, shape: given } = costOf(model.graph, { name: INPUT, shape }, OUTPUT);
      if (String(given) !== String(shape))
        return `The net makes [${given}] of [${shape}]. It must keep a picture's size.`;
      if (peakBytes > MOST.peakBytes)
        return `The net takes ${mebibytes(peakBytes)} MiB for ${side} × ${side} pixels; the limit is ${mebibytes(MOST.peakBytes)}. Give it fewer channels.`;
      if (multiplyAdds > MOST.multiplyAdds)
        return `The net takes ${giga(multiplyAdds)} G multiply-adds for ${side} × ${side} pixels; the limit is ${giga(MOST.multiplyAdds)}. Give it fewer layers or channels.`;
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
