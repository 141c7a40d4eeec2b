import { constant, type Model } from "./onnx.ts";

/**
 * Lets the caller choose the batch: the first dimension of the input and of every output becomes "N", in place, and
 * a Reshape that fixes it at 1 copies it from its input instead (a 0 in the shape, by the operator's definition).
 */
export function freeBatch(model: Model): void {
  const { graph } = model;
  for (const value of [...graph.inputs, ...graph.outputs]) value.dims[0] = "N";
  for (const { operator, inputs } of graph.nodes) {
    if (operator !== "Reshape") continue;
    const shape = constant(graph, inputs[1]!)?.data;
    if (shape instanceof BigInt64Array && shape[0] === 1n) shape[0] = 0n;
  }
}
