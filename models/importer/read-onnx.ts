import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import {
  type Attribute,
  FLOAT,
  type Graph,
  INT8,
  INT32,
  INT64,
  type Model,
  type Node,
  type Tensor,
  type TensorData,
  type ValueInfo,
} from "./onnx.ts";

/** Reads a serialized ModelProto. Throws, naming message and field, on whatever `Model` has no place for. */
export function readOnnx(bytes: Uint8Array): Model {
  const model: Model = { irVersion: 0n, producerName: "", producerVersion: "", opset: 0n, graph: emptyGraph() };
  eachField(bytes, "ModelProto", {
    1: (r) => void (model.irVersion = BigInt(r.int64())),
    2: (r) => void (model.producerName = r.string()),
    3: (r) => void (model.producerVersion = r.string()),
    7: (r) => void (model.graph = readGraph(r.bytes())),
    8: (r) => {
      if (model.opset !== 0n)
        throw new Error("ONNX: a second operator set is imported; only the default one is known.");
      model.opset = readOpset(r.bytes());
    },
  });
  return model;
}

function emptyGraph(): Graph {
  return { name: "", nodes: [], initializers: [], inputs: [], outputs: [] };
}

function readOpset(bytes: Uint8Array): bigint {
  let version = 0n;
  eachField(bytes, "OperatorSetIdProto", { 2: (r) => void (version = BigInt(r.int64())) });
  return version;
}

function readGraph(bytes: Uint8Array): Graph {
  const graph = emptyGraph();
  eachField(bytes, "GraphProto", {
    1: (r) => void graph.nodes.push(readNode(r.bytes())),
    2: (r) => void (graph.name = r.string()),
    5: (r) => void graph.initializers.push(readTensor(r.bytes())),
    11: (r) => void graph.inputs.push(readValueInfo(r.bytes())),
    12: (r) => void graph.outputs.push(readValueInfo(r.bytes())),
  });
  return graph;
}

function readNode(bytes: Uint8Array): Node {
  const node: Node = { name: "", operator: "", inputs: [], outputs: [], attributes: new Map() };
  eachField(bytes, "NodeProto", {
    1: (r) => void node.inputs.push(r.string()),
    2: (r) => void node.outputs.push(r.string()),
    3: (r) => void (node.name = r.string()),
    4: (r) => void (node.operator = r.string()),
    5: (r) => node.attributes.set(...readAttribute(r.bytes())),
    6: (r) => void (node.doc = r.string()),
  });
  return node;
}

function readAttribute(bytes: Uint8Array): [name: string, Attribute] {
  let name = "";
  let type = 0;
  let single: Attribute | undefined;
  const ints: bigint[] = [];
  eachField(bytes, "AttributeProto", {
    1: (r) => void (name = r.string()),
    2: (r) => void (single = r.float()),
    3: (r) => void (single = BigInt(r.int64())),
    4: (r) => void (single = r.string()),
    5: (r) => void (single = readTensor(r.bytes())),
    8: (r) => void ints.push(BigInt(r.int64())),
    20: (r) => void (type = r.int32()),
  });
  const attribute = type === INTS ? ints : single;
  if (attribute === undefined) throw new Error(`ONNX: attribute ${name} has type ${type}, which is not read.`);
  return [name, attribute];
}

/** AttributeProto.AttributeType.INTS */
const INTS = 7;

function readTensor(bytes: Uint8Array): Tensor {
  const dims: number[] = [];
  let type = 0;
  let name = "";
  let raw = new Uint8Array();
  eachField(bytes, "TensorProto", {
    1: (r) => void dims.push(Number(r.int64())),
    2: (r) => void (type = r.int32()),
    8: (r) => void (name = r.string()),
    9: (r) => void (raw = new Uint8Array(r.bytes())),
  });
  return { name, dims, data: typedArray(raw.buffer, type) };
}

function typedArray(buffer: ArrayBuffer, type: number): TensorData {
  switch (type) {
    case FLOAT:
      return new Float32Array(buffer);
    case INT8:
      return new Int8Array(buffer);
    case INT32:
      return new Int32Array(buffer);
    case INT64:
      return new BigInt64Array(buffer);
    default:
      throw new Error(`ONNX: a tensor has data type ${type}, which is not read.`);
  }
}

function readValueInfo(bytes: Uint8Array): ValueInfo {
  const info: ValueInfo = { name: "", elementType: 0, dims: [] };
  const readDim = (dim: Uint8Array) =>
    eachField(dim, "TensorShapeProto.Dimension", {
      1: (r) => void info.dims.push(Number(r.int64())),
      2: (r) => void info.dims.push(r.string()),
    });
  const readTensorType = (type: Uint8Array) =>
    eachField(type, "TypeProto.Tensor", {
      1: (r) => void (info.elementType = r.int32()),
      2: (r) => eachField(r.bytes(), "TensorShapeProto", { 1: (shape) => readDim(shape.bytes()) }),
    });
  eachField(bytes, "ValueInfoProto", {
    1: (r) => void (info.name = r.string()),
    2: (r) => eachField(r.bytes(), "TypeProto", { 1: (type) => readTensorType(type.bytes()) }),
  });
  return info;
}

/** Hands each field of a message to the reader for its number. */
function eachField(
  bytes: Uint8Array,
  message: string,
  readers: Record<number, (reader: BinaryReader) => unknown>,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const read = readers[number];
    if (!read) throw new Error(`ONNX: ${message} has field ${number} (${WireType[wireType]}), which is not read.`);
    read(reader);
  }
}
