import { constant, type Model } from "./onnx.ts";

/**
 * Makes the batch size dynamic, in place. The first dimension of the input and of every output becomes "N". A Reshape with a fixed
 * batch of 1 copies the dimension from its input instead (0 in the shape, by the operator's definition).
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
