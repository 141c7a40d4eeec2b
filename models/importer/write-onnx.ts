import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type Attribute,
  FLOAT,
  type Graph,
  INT8,
  INT32,
  INT64,
  isTensor,
  type Model,
  type Node,
  type Tensor,
  type TensorData,
  UINT8,
  type ValueInfo,
} from "./onnx.ts";

/**
 * Serializes a model with its fields in the order of their numbers and without empty fields, as protobuf's own writers do. The same
 * model always gives the same bytes.
 */
export function writeOnnx(model: Model): Uint8Array<ArrayBuffer> {
  const w = new BinaryWriter();
  integer(w, 1, model.irVersion);
  text(w, 2, model.producerName);
  text(w, 3, model.producerVersion);
  message(w, 7, () => writeGraph(w, model.graph));
  message(w, 8, () => integer(w, 2, model.opset));
  for (const [key, value] of model.metadata ?? [])
    message(w, 14, () => {
      text(w, 1, key);
      text(w, 2, value);
    });
  return w.finish();
}

function writeGraph(w: BinaryWriter, graph: Graph): void {
  for (const node of graph.nodes) message(w, 1, () => writeNode(w, node));
  text(w, 2, graph.name);
  for (const tensor of graph.initializers) message(w, 5, () => writeTensor(w, tensor));
  for (const input of graph.inputs) message(w, 11, () => writeValueInfo(w, input));
  for (const output of graph.outputs) message(w, 12, () => writeValueInfo(w, output));
}

function writeNode(w: BinaryWriter, node: Node): void {
  for (const input of node.inputs) w.tag(1, WireType.LengthDelimited).string(input);
  for (const output of node.outputs) w.tag(2, WireType.LengthDelimited).string(output);
  text(w, 3, node.name);
  text(w, 4, node.operator);
  for (const [name, attribute] of node.attributes) message(w, 5, () => writeAttribute(w, name, attribute));
  if (node.doc !== undefined) w.tag(6, WireType.LengthDelimited).string(node.doc);
}

function writeAttribute(w: BinaryWriter, name: string, value: Attribute): void {
  text(w, 1, name);
  if (typeof value === "number") {
    w.tag(2, WireType.Bit32).float(value);
    integer(w, 20, 1n);
  } else if (typeof value === "bigint") {
    integer(w, 3, value);
    integer(w, 20, 2n);
  } else if (typeof value === "string") {
    w.tag(4, WireType.LengthDelimited).string(value);
    integer(w, 20, 3n);
  } else if (isTensor(value)) {
    message(w, 5, () => writeTensor(w, value));
    integer(w, 20, 4n);
  } else {
    for (const int of value) integer(w, 8, int);
    integer(w, 20, 7n);
  }
}

function writeTensor(w: BinaryWriter, { name, dims, data }: Tensor): void {
  for (const dim of dims) integer(w, 1, BigInt(dim));
  integer(w, 2, BigInt(dataType(data)));
  text(w, 8, name);
  w.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function dataType(data: TensorData): number {
  if (data instanceof Float32Array) return FLOAT;
  if (data instanceof Uint8Array) return UINT8;
  if (data instanceof Int8Array) return INT8;
  if (data instanceof Int32Array) return INT32;
  return INT64;
}

function writeValueInfo(w: BinaryWriter, info: ValueInfo): void {
  const writeDim = (dim: number | string) => (typeof dim === "number" ? integer(w, 1, BigInt(dim)) : text(w, 2, dim));
  text(w, 1, info.name);
  message(w, 2, () =>
    message(w, 1, () => {
      integer(w, 1, BigInt(info.elementType));
      message(w, 2, () => {
        for (const dim of info.dims) message(w, 1, () => writeDim(dim));
      });
    }),
  );
}

function integer(w: BinaryWriter, field: number, value: bigint): void {
  w.tag(field, WireType.Varint).int64(value);
}

function text(w: BinaryWriter, field: number, value: string): void {
  if (value !== "") w.tag(field, WireType.LengthDelimited).string(value);
}

function message(w: BinaryWriter, field: number, write: () => void): void {
  w.tag(field, WireType.LengthDelimited).fork();
  write();
  w.join();
}
