/**
 * An ONNX model as plain data: the part of onnx.proto that these models use. `read-onnx.ts` rejects a model that uses more, so nothing
 * is dropped silently, and reading then writing gives the same bytes.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

export interface Model {
  irVersion: bigint;
  producerName: string;
  producerVersion: string;
  graph: Graph;
  /** Version of the default operator set. Models that import another set are rejected. */
  opset: bigint;
  /** Metadata of the model's author, by key. */
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
  /** "" is an omitted optional input. */
  inputs: string[];
  outputs: string[];
  attributes: Map<string, Attribute>;
  /** The exporter's documentation, usually a stack trace. */
  doc?: string;
}

/** ONNX's int (bigint), float (number), string, ints and tensor. */
export type Attribute = bigint | number | string | readonly bigint[] | Tensor;

export interface Tensor {
  name: string;
  /** [] is a scalar. Conv weights are [out, in / groups, height, width]; Gemm weights with transB are [out, in]. */
  dims: number[];
  data: TensorData;
}

/** The class of the array is the tensor's type: float, uint8, int8, int32 or int64. */
export type TensorData = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export interface ValueInfo {
  name: string;
  elementType: number;
  /** Sizes, or names of dynamic dimensions. */
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

/** The constant with this name: an initializer, or the value of a Constant node. */
export function constant(graph: Graph, name: string): Tensor | undefined {
  const initializer = graph.initializers.find((tensor) => tensor.name === name);
  if (initializer) return initializer;
  const value = graph.nodes.find((n) => n.operator === "Constant" && n.outputs[0] === name)?.attributes.get("value");
  return isTensor(value) ? value : undefined;
}

export function isTensor(attribute: Attribute | undefined): attribute is Tensor {
  return typeof attribute === "object" && "data" in attribute;
}
