import type { ModelEntry } from "../catalog.ts";
import { toOnnx } from "./build.ts";
import { evaluate } from "./evaluate-tflite.ts";
import { exampleFaces } from "./example.ts";
import { type Batch, run } from "./run.ts";
import { readTflite } from "./tflite.ts";
import { writeOnnx } from "./write-onnx.ts";

/**
 * What a conversion may differ by. Both sides compute the same sums, in float32 and, for TFLite, float64: rounding was
 * seen to make 4e-7. A row of padding on the wrong side made 7e-3 to 0.8.
 */
const CONVERTED_TOLERANCE = 1e-4;

/**
 * What rounding the weights to eight bits may make. Of an embedding 1 − cosine, half of the squared distance: 8e-4 was
 * seen, against thresholds near 1.15 / 2. Of other outputs a share: 0.054 was seen, in the score of a box that is half a
 * face; the landmarks move by 0.002.
 */
const BUILT_TOLERANCE = { embedder: 1e-3, detector: 0.1, landmarks: 0.05 } as const;

/** How far an output is from the source's, the worst of the example pictures. */
export interface Difference {
  output: string;
  /** Before quantization: the greatest difference of two numbers, as a share of the source's greatest number. */
  converted: number;
  /** After quantization: the same, but for an embedding, of which only the direction counts, 1 − cosine. */
  built: number;
}

/**
 * Compares a built model, given a batch, with its source, given one picture after the other: an ONNX source run by
 * onnxruntime, a TFLite source evaluated in float64.
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

/** Throws, naming model and output, if a difference is more than computing in float32 and int8 weights can explain. */
export function assertAlike({ id, role }: ModelEntry, differences: readonly Difference[]): void {
  for (const { output, converted, built } of differences) {
    // Not `>`: a NaN is no likeness either.
    if (!(converted <= CONVERTED_TOLERANCE))
      throw new Error(`${id}: the converted net's ${output} differs from its source's by ${converted}.`);
    if (!(built <= BUILT_TOLERANCE[role]))
      throw new Error(`${id}: the built net's ${output} differs from its source's by ${built}.`);
  }
}

type Numbers = Float32Array | Float64Array;

/** What the source gives for each picture: [picture][output]. */
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
    // As many pictures at a time as the graph takes; the last stands in for those that are lacking.
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

/** Planes [channels, …] → [rows, columns, channels]; of a net that was trained on transposed pictures, transposed. */
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

/** The greatest difference of two numbers, as a share of the greatest that is expected. */
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
