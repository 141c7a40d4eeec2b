import type { ModelEntry } from "../catalog.ts";
import { freeBatch } from "./batch.ts";
import { convert } from "./convert.ts";
import { flush } from "./flush.ts";
import type { Model } from "./onnx.ts";
import { upgradeOpset } from "./opset.ts";
import { quantize } from "./quantize.ts";
import { readOnnx } from "./read-onnx.ts";
import { readTflite } from "./tflite.ts";
import { writeOnnx } from "./write-onnx.ts";

/** Builds a model file from its source file. Deterministic: the same source gives the same bytes. */
export function build(entry: ModelEntry, source: Uint8Array): Uint8Array {
  const model = toOnnx(entry, source);
  flush(model);
  quantize(model);
  return writeOnnx(model);
}

/** Converts the source to ONNX with the catalog's names and a dynamic batch size. Does not change the weights. */
export function toOnnx(entry: ModelEntry, source: Uint8Array): Model {
  const outputs = entry.outputs.map(({ name }) => name);
  if (entry.source.format === "tflite")
    return convert(readTflite(source), {
      input: entry.input.name,
      outputs,
      transposed: entry.source.transposed ?? false,
    });

  const model = readOnnx(source);
  upgradeOpset(model);
  freeBatch(model);
  removeUnused(model);
  rename(model, [entry.input.name], outputs);
  return model;
}

/** Removes exporters' documentation, and initializers from the inputs, where a caller could override them. */
function removeUnused({ graph }: Model): void {
  const initializers = new Set(graph.initializers.map(({ name }) => name));
  graph.inputs = graph.inputs.filter(({ name }) => !initializers.has(name));
  for (const node of graph.nodes) delete node.doc;
}

/** Renames the inputs and outputs, in order. */
function rename({ graph }: Model, inputs: readonly string[], outputs: readonly string[]): void {
  const renamed = new Map<string, string>();
  for (const [values, names] of [
    [graph.inputs, inputs],
    [graph.outputs, outputs],
  ] as const) {
    if (values.length !== names.length)
      throw new Error(`ONNX: the graph has ${values.map(({ name }) => name)}, but the catalog has ${names}.`);
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
