/**
 * An ONNX model as plain data: the part of onnx.proto that these models use. `read-onnx.ts` refuses a model that uses
 * more, so nothing is ever dropped silently, and reading then writing gives the same bytes.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

export interface Model {
  irVersion: bigint;
  producerName: string;
  producerVersion: string;
  graph: Graph;
  /** Version of the default operator set. Models that import another set are refused. */
  opset: bigint;
  /** What whoever made the model wrote on it, by key. */
  metadata?: ReadonlyMap<string, string>;
}

export interface Graph {
  name: string;
  nodes: Node[];
  initializers: Tensor[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

export interface Node {
  name: string;
  operator: string;
  /** "" stands for an optional input that is left out. */
  inputs: string[];
  outputs: string[];
  attributes: Map<string, Attribute>;
  /** What an exporter wrote down for its maintainers: a stack trace, usually. */
  doc?: string;
}

/** ONNX's int (bigint), float (number), string, ints and tensor. */
export type Attribute = bigint | number | string | readonly bigint[] | Tensor;

export interface Tensor {
  name: string;
  /** [] is a scalar. Weights of Conv are [out, in / groups, height, width], of Gemm with transB [out, in]. */
  dims: number[];
  data: TensorData;
}

/** The array's class is the tensor's type: float, uint8, int8, int32 or int64. */
export type TensorData = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export interface ValueInfo {
  name: string;
  elementType: number;
  /** A number, or the name of a dimension whose size the caller chooses. */
  dims: (number | string)[];
}

/** TensorProto.DataType */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT32 = 6;
export const INT64 = 7;

export function floats(name: string, dims: number[], data: Float32Array): Tensor {
  return { name, dims, data };
}

export function node(
  operator: string,
  inputs: string[],
  output: string,
  attributes: Record<string, Attribute> = {},
): Node {
  return { name: output, operator, inputs, outputs: [output], attributes: new Map(Object.entries(attributes)) };
}

/** The constant behind a name: an initializer, or the value of a Constant node. */
export function constant(graph: Graph, name: string): Tensor | undefined {
  const initializer = graph.initializers.find((tensor) => tensor.name === name);
  if (initializer) return initializer;
  const value = graph.nodes.find((n) => n.operator === "Constant" && n.outputs[0] === name)?.attributes.get("value");
  return isTensor(value) ? value : undefined;
}

export function isTensor(attribute: Attribute | undefined): attribute is Tensor {
  return typeof attribute === "object" && "data" in attribute;
}
