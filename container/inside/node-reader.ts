import { constant, type Graph, type Node } from "../../models/importer/onnx.ts";

/** Reads the attributes and constant inputs of a node. */
export interface NodeReader {
  integer(name: string, fallback: number): number;
  integers(name: string): number[] | undefined;
  text(name: string, fallback: string): string;
  /** The numbers of an input, if it is a constant. */
  constantAt(input: number): number[] | undefined;
  /** The kernel of a window operator, [height, width]. */
  kernelSize(): [height: number, width: number] | undefined;
  /** The axes of an operator: its attribute, or its second input. */
  axes(): number[];
}

export function readerOf({ operator, inputs, attributes }: Node, graph: Graph): NodeReader {
  const integers = (name: string) => {
    const value = attributes.get(name);
    return Array.isArray(value) ? value.map(Number) : undefined;
  };
  const tensorAt = (input: number) => (inputs[input] ? constant(graph, inputs[input]) : undefined);
  return {
    integers,
    integer(name, fallback) {
      const value = attributes.get(name);
      return typeof value === "bigint" ? Number(value) : fallback;
    },
    text(name, fallback) {
      const value = attributes.get(name);
      return typeof value === "string" ? value : fallback;
    },
    constantAt(input) {
      const data = tensorAt(input)?.data;
      return data && Array.from(data, Number);
    },
    kernelSize() {
      const size = integers("kernel_shape") ?? kernelDims(graph, inputs[1])?.slice(2);
      const [height, width, ...others] = size ?? [];
      return height !== undefined && width !== undefined && others.length === 0 ? [height, width] : undefined;
    },
    axes() {
      const axis = attributes.get("axis");
      const listed = integers("axes") ?? (typeof axis === "bigint" ? [Number(axis)] : undefined);
      const input = operator.startsWith("Reduce") ? tensorAt(1)?.data : undefined;
      return listed ?? (input ? Array.from(input, Number) : DEFAULT_AXES[operator]) ?? [];
    },
  };
}

/** The dimensions of a kernel, also if it is stored as 8-bit integers. */
function kernelDims(graph: Graph, name = ""): number[] | undefined {
  const dequantized = graph.nodes.find(
    ({ operator, outputs }) => operator === "DequantizeLinear" && outputs[0] === name,
  );
  return constant(graph, dequantized?.inputs[0] ?? name)?.dims;
}

/** The axes that operators use by default. */
const DEFAULT_AXES: Readonly<Record<string, number[]>> = {
  Split: [0],
  Softmax: [-1],
  LogSoftmax: [-1],
  LpNormalization: [-1],
  ReduceMean: [2, 3],
  ReduceSum: [2, 3],
  ReduceMax: [2, 3],
  ReduceMin: [2, 3],
  ReduceL2: [2, 3],
};
