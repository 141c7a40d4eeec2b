import type { ModelEntry } from "../catalog.ts";
import { freeBatch } from "./batch.ts";
import { convert } from "./convert.ts";
import { flush } from "./flush.ts";
import type { Model } from "./onnx.ts";
import { raiseOpset } from "./opset.ts";
import { quantize } from "./quantize.ts";
import { readOnnx } from "./read-onnx.ts";
import { readTflite } from "./tflite.ts";
import { writeOnnx } from "./write-onnx.ts";

/** From a source file's bytes to the built file's: always the same bytes for the same source. */
export function build(entry: ModelEntry, source: Uint8Array): Uint8Array {
  const model = toOnnx(entry, source);
  flush(model);
  quantize(model);
  return writeOnnx(model);
}

/** The source with the catalog's names, a batch of the caller's choice, and its weights as they were. */
export function toOnnx(entry: ModelEntry, source: Uint8Array): Model {
  const outputs = entry.outputs.map(({ name }) => name);
  if (entry.source.format === "tflite")
    return convert(readTflite(source), {
      input: entry.input.name,
      outputs,
      transposed: entry.source.transposed ?? false,
    });

  const model = readOnnx(source);
  raiseOpset(model);
  freeBatch(model);
  tidy(model);
  rename(model, [entry.input.name], outputs);
  return model;
}

/** Drops what an exporter left for its maintainers, and initializers from the inputs, where a caller could replace them. */
function tidy({ graph }: Model): void {
  const initializers = new Set(graph.initializers.map(({ name }) => name));
  graph.inputs = graph.inputs.filter(({ name }) => !initializers.has(name));
  for (const node of graph.nodes) delete node.doc;
}

/** Gives the inputs and outputs these names, in order. */
function rename({ graph }: Model, inputs: readonly string[], outputs: readonly string[]): void {
  const renamed = new Map<string, string>();
  for (const [values, names] of [
    [graph.inputs, inputs],
    [graph.outputs, outputs],
  ] as const) {
    if (values.length !== names.length)
      throw new Error(`ONNX: the graph has ${values.map(({ name }) => name)} where the catalog has ${names}.`);
    values.forEach((value, i) => {
      renamed.set(value.name, names[i]!);
      value.name = names[i]!;
    });
  }
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map((name) => renamed.get(name) ?? name);
    node.outputs = node.outputs.map((name) => renamed.get(name) ?? name);
  }
}
