import { FLOAT, type Node, type Tensor } from "../../../models/importer/onnx.ts";
import { writeOnnx } from "../../../models/importer/write-onnx.ts";

/**
 * A loss network that is small enough for a stylization within a second: two 3×3 convolutions with weights of a fixed pattern.
 * `first` and `last` are the operators after them (default: ReLU). Its layers are `fine` (4 channels) and `coarse` (6 channels,
 * half size).
 */
export function smallNet({ first = "Relu", last = "Relu" }: { first?: string; last?: string } = {}): Uint8Array {
  const conv = (input: string, weight: string, output: string, stride: number): Node => ({
    name: output,
    operator: "Conv",
    inputs: [input, weight],
    outputs: [output],
    attributes: new Map([
      ["kernel_shape", [3n, 3n]],
      ["pads", [1n, 1n, 1n, 1n]],
      ["strides", [BigInt(stride), BigInt(stride)]],
    ]),
  });
  const after = (operator: string, input: string, output: string): Node => ({
    name: output,
    operator,
    inputs: [input],
    outputs: [output],
    attributes: new Map(),
  });
  return writeOnnx({
    irVersion: 8n,
    producerName: "semblance",
    producerVersion: "",
    opset: 17n,
    graph: {
      name: "small",
      nodes: [
        conv("picture", "w1", "fine.sum", 1),
        after(first, "fine.sum", "fine"),
        conv("fine", "w2", "coarse.sum", 2),
        after(last, "coarse.sum", "coarse"),
      ],
      initializers: [pattern("w1", [4, 3, 3, 3]), pattern("w2", [6, 4, 3, 3])],
      inputs: [{ name: "picture", elementType: FLOAT, dims: ["n", 3, "height", "width"] }],
      outputs: [{ name: "coarse", elementType: FLOAT, dims: ["n", 6, "h", "w"] }],
    },
  });
}

function pattern(name: string, dims: number[]): Tensor {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => 0.5 * Math.sin(1 + 7 * i));
  return { name, dims, data };
}
