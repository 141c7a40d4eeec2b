import { ByteBuffer } from "flatbuffers";

/** The only graph of a TensorFlow Lite model. Tensors are referenced by index. Maps are NHWC, kernels OHWI. */
export interface TfliteGraph {
  tensors: TfliteTensor[];
  operators: TfliteOperator[];
  inputs: number[];
  outputs: number[];
}

export interface TfliteTensor {
  name: string;
  shape: number[];
  /** Present if the tensor is a constant. */
  data?: Float32Array | Int32Array;
}

/** The reader rejects fused activations and dilated windows. */
export type TfliteOperator = { inputs: number[]; output: number } & (
  | { kind: "CONV_2D" | "DEPTHWISE_CONV_2D"; window: Window }
  | { kind: "MAX_POOL_2D"; window: Window; filter: Spatial }
  | { kind: Exclude<Kind, "CONV_2D" | "DEPTHWISE_CONV_2D" | "MAX_POOL_2D"> }
);

type Kind = (typeof KINDS)[keyof typeof KINDS];

/** BuiltinOperator */
const KINDS = {
  0: "ADD",
  3: "CONV_2D",
  4: "DEPTHWISE_CONV_2D",
  9: "FULLY_CONNECTED",
  17: "MAX_POOL_2D",
  18: "MUL",
  19: "RELU",
  22: "RESHAPE",
  41: "SUB",
  42: "DIV",
  47: "EXP",
  59: "NEG",
  74: "SUM",
  82: "REDUCE_MAX",
  101: "ABS",
} as const;

/** Two numbers for the axes of a map: vertical, horizontal. */
export type Spatial = readonly [height: number, width: number];
type Padding = "SAME" | "VALID";
export interface Window {
  padding: Padding;
  strides: Spatial;
}

/**
 * Reads a model's first subgraph. Field numbers are those of the schema,
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
 * Throws on an operator, option or tensor type that no model of the catalog uses.
 */
export function readTflite(bytes: Uint8Array): TfliteGraph {
  const buffer = new ByteBuffer(bytes);
  if (!buffer.__has_identifier("TFL3"))
    throw new Error("TFLite: the file is not a TFLite model (it has no identifier TFL3).");
  const model = table(buffer, buffer.readInt32(0));
  const subgraphs = model.tables(2);
  const subgraph = subgraphs[0];
  if (!subgraph || subgraphs.length > 1)
    throw new Error(`TFLite: the model has ${subgraphs.length} subgraphs; exactly one is supported.`);

  const buffers = model.tables(4);
  // Codes below 127 are in the older int8 field 0, others in field 3. The greater of the two is the code.
  const codes = model.tables(1).map((code) => Math.max(code.int8(0), code.int32(3)));
  return {
    tensors: subgraph.tables(0).map((tensor) => readTensor(tensor, buffers)),
    operators: subgraph.tables(3).map((operator) => readOperator(operator, codes[operator.int32(0)] ?? -1)),
    inputs: subgraph.int32s(1),
    outputs: subgraph.int32s(2),
  };
}

function readTensor(tensor: Table, buffers: Table[]): TfliteTensor {
  const name = tensor.text(3);
  const shape = tensor.int32s(0);
  const raw = buffers[tensor.int32(2)]?.bytes(0) ?? new Uint8Array();
  if (raw.length === 0) return { name, shape };
  const type = tensor.int8(1);
  if (type === 0) return { name, shape, data: new Float32Array(raw.buffer) };
  if (type === 2) return { name, shape, data: new Int32Array(raw.buffer) };
  throw new Error(`TFLite: the constant ${name} has type ${type}; only float32 (0) and int32 (2) are supported.`);
}

function readOperator(operator: Table, code: number): TfliteOperator {
  if (!(code in KINDS)) throw new Error(`TFLite: operator code ${code} is not supported.`);
  const kind = KINDS[code as keyof typeof KINDS];
  const options = operator.table(4);
  const assertSupported = (isSupported: boolean, feature: string) => {
    if (!isSupported) throw new Error(`TFLite: ${kind} with ${feature} is not supported.`);
  };

  const inputs = operator.int32s(1);
  const output = operator.int32s(2)[0] ?? -1;
  switch (kind) {
    case "CONV_2D":
      assertSupported(options.int8(3) === 0, "a fused activation");
      assertSupported(options.int32(4, 1) === 1 && options.int32(5, 1) === 1, "dilation");
      return { kind, inputs, output, window: readWindow(options) };
    case "DEPTHWISE_CONV_2D":
      assertSupported(options.int32(3) === 1, "a depth multiplier");
      assertSupported(options.int8(4) === 0, "a fused activation");
      assertSupported(options.int32(5, 1) === 1 && options.int32(6, 1) === 1, "dilation");
      return { kind, inputs, output, window: readWindow(options) };
    case "MAX_POOL_2D":
      assertSupported(options.int8(5) === 0, "a fused activation");
      return { kind, inputs, output, window: readWindow(options), filter: [options.int32(4), options.int32(3)] };
    case "FULLY_CONNECTED":
      assertSupported(options.int8(0) === 0, "a fused activation");
      assertSupported(options.int8(1) === 0 && options.int8(2) === 0, "shuffled weights or kept dimensions");
      return { kind, inputs, output };
    case "ADD":
    case "SUB":
    case "MUL":
    case "DIV":
      assertSupported(options.int8(0) === 0, "a fused activation");
      return { kind, inputs, output };
    case "SUM":
    case "REDUCE_MAX":
      assertSupported(options.int8(0) === 1, "dimensions dropped");
      return { kind, inputs, output };
    default:
      return { kind, inputs, output };
  }
}

/** Conv2DOptions, DepthwiseConv2DOptions and Pool2DOptions begin with the same fields: padding, stride_w, stride_h. */
function readWindow(options: Table): Window {
  return { padding: options.int8(0) === 0 ? "SAME" : "VALID", strides: [options.int32(2), options.int32(1)] };
}

/** A FlatBuffers table. Fields are accessed by their number in the schema; absent fields have their default. */
interface Table {
  int8(field: number): number;
  int32(field: number, byDefault?: number): number;
  int32s(field: number): number[];
  text(field: number): string;
  bytes(field: number): Uint8Array<ArrayBuffer>;
  table(field: number): Table;
  tables(field: number): Table[];
}

/** The table at a position. Position 0 is an absent table. */
function table(buffer: ByteBuffer, position: number): Table {
  /** The position of a field's value. 0 if the field has its default. */
  const at = (field: number) => {
    const offset = position === 0 ? 0 : buffer.__offset(position, 4 + 2 * field);
    return offset === 0 ? 0 : position + offset;
  };
  const vector = <T>(field: number, stride: number, read: (at: number) => T): T[] => {
    const offset = at(field);
    const length = offset === 0 ? 0 : buffer.__vector_len(offset);
    return Array.from({ length }, (_, i) => read(buffer.__vector(offset) + stride * i));
  };
  return {
    int8: (field) => (at(field) === 0 ? 0 : buffer.readInt8(at(field))),
    int32: (field, byDefault = 0) => (at(field) === 0 ? byDefault : buffer.readInt32(at(field))),
    int32s: (field) => vector(field, 4, (offset) => buffer.readInt32(offset)),
    text: (field) => (at(field) === 0 ? "" : String(buffer.__string(at(field)))),
    bytes: (field) => {
      const offset = at(field);
      if (offset === 0) return new Uint8Array();
      const start = buffer.__vector(offset);
      return Uint8Array.from(buffer.bytes().subarray(start, start + buffer.__vector_len(offset)));
    },
    table: (field) => table(buffer, at(field) === 0 ? 0 : buffer.__indirect(at(field))),
    tables: (field) => vector(field, 4, (offset) => table(buffer, buffer.__indirect(offset))),
  };
}
