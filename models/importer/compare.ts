import type { ModelEntry } from "../catalog.ts";
import { toOnnx } from "./build.ts";
import { evaluate } from "./evaluate-tflite.ts";
import { exampleFaces } from "./example.ts";
import { type Batch, run } from "./run.ts";
import { readTflite } from "./tflite.ts";
import { writeOnnx } from "./write-onnx.ts";

/**
 * Maximum difference after conversion. Both sides compute the same sums, in float32 and, for TFLite, in float64. Measured rounding:
 * 4e-7. For comparison, a row of padding on the wrong side gives 7e-3 to 0.8.
 */
const CONVERTED_TOLERANCE = 1e-4;

/**
 * Maximum difference after quantization. For embeddings: 1 − cosine, which is half of the squared distance. Measured: 8e-4, against
 * thresholds near 1.15 / 2. For other outputs: a relative difference. Measured: 0.054, in the score of a box on half a face; the
 * landmarks move by 0.002.
 */
const BUILT_TOLERANCE = { embedder: 1e-3, detector: 0.1, landmarks: 0.05 } as const;

/** The difference of an output from the source's: the maximum over the example pictures. */
export interface Difference {
  output: string;
  /** Before quantization: the largest difference of two numbers, relative to the source's largest number. */
  converted: number;
  /** After quantization: the same. For an embedding 1 − cosine, because only its direction matters. */
  built: number;
}

/**
 * Compares a built model, which gets a batch, with its source, which gets one picture at a time. onnxruntime runs an ONNX source; a
 * TFLite source is evaluated in float64.
 */
export async function compare(entry: ModelEntry, source: Uint8Array, built: Uint8Array): Promise<Difference[]> {
  const faces = exampleFaces(entry.input, 2);
  const expected = await runSource(entry, source, faces);
  const converted = await run(writeOnnx(toOnnx(entry, source)), faces);
  const quantized = await run(built, faces);
  const distance = entry.role === "embedder" ? angle : relativeDifference;
  const worst = (output: number, { data }: Batch, measure: typeof distance) =>
    Math.max(...expected.map((outputs, i) => measure(share(data, i, expected.length), outputs[output]!)));
  return entry.outputs.map(({ name }, i) => ({
    output: name,
    converted: worst(i, converted[i]!, relativeDifference),
    built: worst(i, quantized[i]!, distance),
  }));
}

/** Throws an error that names model and output if a difference is larger than float32 arithmetic and int8 weights can explain. */
export function assertSimilar({ id, role }: ModelEntry, differences: readonly Difference[]): void {
  for (const { output, converted, built } of differences) {
    // Not `>`, so that NaN fails too.
    if (!(converted <= CONVERTED_TOLERANCE))
      throw new Error(`${id}: the converted net's ${output} differs from its source's by ${converted}.`);
    if (!(built <= BUILT_TOLERANCE[role]))
      throw new Error(`${id}: the built net's ${output} differs from its source's by ${built}.`);
  }
}

type Numbers = Float32Array | Float64Array;

/** The source's outputs for each picture: [picture][output]. */
export async function runSource(entry: ModelEntry, source: Uint8Array, pictures: Batch): Promise<Numbers[][]> {
  const [count = 0, channels = 0, height = 0, width = 0] = pictures.shape;
  const singly = Array.from({ length: count }, (_, i) => share(pictures.data, i, count));
  if (entry.source.format === "onnx") {
    const outputs: Numbers[][] = [];
    for (const data of singly)
      outputs.push((await run(source, { shape: [1, channels, height, width], data })).map((output) => output.data));
    return outputs;
  }
  const graph = readTflite(source);
  const [batch = 1, rows = 0, columns = 0] = graph.tensors[graph.inputs[0]!]!.shape;
  const transposed = entry.source.transposed ?? false;
  const interleaved = singly.map((planes) => interleave(planes, [rows, columns, channels], transposed));
  const outputs: Numbers[][] = [];
  for (let first = 0; first < count; first += batch) {
    // The graph takes a fixed batch. The last picture fills an incomplete batch.
    const data = Array.from({ length: batch }, (_, i) => interleaved[Math.min(first + i, count - 1)]!);
    const values = evaluate(graph, { shape: [batch, rows, columns, channels], data: joined(data) });
    for (let i = 0; i < batch && first + i < count; i++)
      outputs.push(values.map((value) => share(value.data, i, batch)));
  }
  return outputs;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  for (const [i, part] of parts.entries()) whole.set(part, i * part.length);
  return whole;
}

/** Converts planes [channels, …] to [rows, columns, channels], transposed if the net was trained on transposed pictures. */
function interleave(planes: Float32Array, [rows, columns, channels]: [number, number, number], transposed: boolean) {
  return Float64Array.from(planes, (_, at) => {
    const channel = at % channels;
    const column = Math.floor(at / channels) % columns;
    const row = Math.floor(at / channels / columns);
    return planes[channel * rows * columns + (transposed ? column * rows + row : row * columns + column)]!;
  });
}

function share<T extends Numbers>(data: T, i: number, of: number): T {
  return data.subarray((i * data.length) / of, ((i + 1) * data.length) / of) as T;
}

/** The largest difference of two numbers, relative to the largest expected number. */
export function relativeDifference(actual: Numbers, expected: Numbers): number {
  let difference = 0;
  let greatest = 0;
  for (const [i, y] of expected.entries()) {
    difference = Math.max(difference, Math.abs(actual[i]! - y));
    greatest = Math.max(greatest, Math.abs(y));
  }
  return difference / greatest;
}

/** 1 − cos of the angle between two vectors. */
function angle(a: Numbers, b: Numbers): number {
  return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function dot(a: Numbers, b: Numbers): number {
  let sum = 0;
  for (const [i, x] of a.entries()) sum += x * b[i]!;
  return sum;
}
