import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { Attribute, Graph, Model, Node, Tensor, TensorData, ValueInfo } from "./onnx.ts";
import { FLOAT, INT8, INT32, INT64, UINT8 } from "./onnx.ts";

/** Reads a serialized ModelProto. Throws an error that names message and field if `Model` cannot represent it. */
export function readOnnx(bytes: Uint8Array): Model {
  const model = fields(bytes, "ModelProto", {
    irVersion: [1, int64],
    producerName: [2, text],
    producerVersion: [3, text],
    graph: [7, (r) => readGraph(r.bytes())],
    opset: [8, (r) => fields(r.bytes(), "OperatorSetIdProto", { version: [2, int64] })],
    metadata: [14, (r) => fields(r.bytes(), "StringStringEntryProto", { key: [1, text], value: [2, text] })],
  });
  const [graph, [opset, ...others]] = [model.graph[0], model.opset];
  if (!graph || !opset || others.length > 0)
    throw new Error("ONNX: the model must have a graph and import only the default operator set.");
  return {
    irVersion: model.irVersion[0] ?? 0n,
    producerName: model.producerName[0] ?? "",
    producerVersion: model.producerVersion[0] ?? "",
    opset: opset.version[0] ?? 0n,
    graph,
    ...(model.metadata.length === 0
      ? {}
      : { metadata: new Map(model.metadata.map(({ key, value }) => [key[0] ?? "", value[0] ?? ""])) }),
  };
}

function readGraph(bytes: Uint8Array): Graph {
  const graph = fields(bytes, "GraphProto", {
    nodes: [1, (r) => readNode(r.bytes())],
    name: [2, text],
    initializers: [5, (r) => readTensor(r.bytes())],
    inputs: [11, (r) => readValueInfo(r.bytes())],
    outputs: [12, (r) => readValueInfo(r.bytes())],
  });
  return { ...graph, name: graph.name[0] ?? "" };
}

function readNode(bytes: Uint8Array): Node {
  const node = fields(bytes, "NodeProto", {
    inputs: [1, text],
    outputs: [2, text],
    name: [3, text],
    operator: [4, text],
    attributes: [5, (r) => readAttribute(r.bytes())],
    doc: [6, text],
  });
  return {
    name: node.name[0] ?? "",
    operator: node.operator[0] ?? "",
    inputs: node.inputs,
    outputs: node.outputs,
    attributes: new Map(node.attributes),
    doc: node.doc[0],
  };
}

function readAttribute(bytes: Uint8Array): [name: string, Attribute] {
  const attribute = fields(bytes, "AttributeProto", {
    name: [1, text],
    float: [2, (r) => r.float()],
    int: [3, int64],
    string: [4, text],
    tensor: [5, (r) => readTensor(r.bytes())],
    ints: [8, int64],
    type: [20, (r) => r.int32()],
  });
  const [name = "", type] = [attribute.name[0], attribute.type[0]];
  // AttributeType 7 is INTS, the only supported list. It can be empty.
  const [single] = [...attribute.float, ...attribute.int, ...attribute.string, ...attribute.tensor];
  const value = type === 7 ? attribute.ints : single;
  if (value === undefined) throw new Error(`ONNX: attribute ${name} has type ${type}, which is not supported.`);
  return [name, value];
}

function readTensor(bytes: Uint8Array): Tensor {
  const tensor = fields(bytes, "TensorProto", {
    dims: [1, (r) => Number(r.int64())],
    type: [2, (r) => r.int32()],
    name: [8, text],
    // A copy, because a typed array must begin at a multiple of its element's size.
    raw: [9, (r) => new Uint8Array(r.bytes())],
  });
  const buffer = (tensor.raw[0] ?? new Uint8Array()).buffer;
  return { name: tensor.name[0] ?? "", dims: tensor.dims, data: typedArray(buffer, tensor.type[0]) };
}

function typedArray(buffer: ArrayBuffer, type: number | undefined): TensorData {
  switch (type) {
    case FLOAT:
      return new Float32Array(buffer);
    case UINT8:
      return new Uint8Array(buffer);
    case INT8:
      return new Int8Array(buffer);
    case INT32:
      return new Int32Array(buffer);
    case INT64:
      return new BigInt64Array(buffer);
    default:
      throw new Error(`ONNX: a tensor has data type ${type}, which is not supported.`);
  }
}

function readValueInfo(bytes: Uint8Array): ValueInfo {
  const info = fields(bytes, "ValueInfoProto", {
    name: [1, text],
    type: [2, (r) => fields(r.bytes(), "TypeProto", { tensor: [1, (type) => readTensorType(type.bytes())] })],
  });
  const tensor = info.type[0]?.tensor[0];
  if (!tensor) throw new Error(`ONNX: ${info.name[0]} is not a tensor.`);
  return { name: info.name[0] ?? "", ...tensor };
}

function readTensorType(bytes: Uint8Array): Omit<ValueInfo, "name"> {
  const type = fields(bytes, "TypeProto.Tensor", {
    element: [1, (r) => r.int32()],
    shape: [2, (r) => fields(r.bytes(), "TensorShapeProto", { dims: [1, (dim) => readDimension(dim.bytes())] })],
  });
  return { elementType: type.element[0] ?? 0, dims: type.shape[0]?.dims ?? [] };
}

function readDimension(bytes: Uint8Array): number | string {
  const { size, name } = fields(bytes, "TensorShapeProto.Dimension", {
    size: [1, (r) => Number(r.int64())],
    name: [2, text],
  });
  return name[0] ?? size[0] ?? "";
}

const text = (reader: BinaryReader) => reader.string();
const int64 = (reader: BinaryReader) => BigInt(reader.int64());

type Readers = Record<string, readonly [number: number, read: (reader: BinaryReader) => unknown]>;
type Fields<R extends Readers> = { [K in keyof R]: ReturnType<R[K][1]>[] };

/** Reads a message's fields by name. Each is a list of its values in order, empty if the field is absent. */
function fields<const R extends Readers>(bytes: Uint8Array, message: string, readers: R): Fields<R> {
  const values = Object.fromEntries(Object.keys(readers).map((name) => [name, [] as unknown[]]));
  const byNumber = new Map(
    Object.entries(readers).map(([name, [number, read]]) => [number, { into: values[name], read }]),
  );
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = byNumber.get(number);
    if (!field)
      throw new Error(`ONNX: ${message} has field ${number} (${WireType[wireType]}), which is not supported.`);
    field.into?.push(field.read(reader));
  }
  return values as Fields<R>;
}
