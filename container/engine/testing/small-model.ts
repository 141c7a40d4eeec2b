import { FLOAT, type Node, type Tensor } from "../../../models/importer/onnx.ts";
import { modelOf } from "../../../models/importer/testing/model.ts";
import { writeOnnx } from "../../../models/importer/write-onnx.ts";

/** An ONNX file with these nodes, from the input "x" of this shape to the output "y" of this rank. */
export function smallModel({
  nodes,
  constants: initializers,
  shape,
  rank = shape.length,
  opset,
}: {
  nodes: Node[];
  constants?: Tensor[];
  shape: readonly (number | string)[];
  rank?: number;
  opset?: bigint;
}): Uint8Array {
  const outputs = [{ name: "y", elementType: FLOAT, dims: Array.from({ length: rank }, (_, axis) => `y${axis}`) }];
  return writeOnnx(modelOf({ nodes, initializers, shape, outputs }, opset));
}
