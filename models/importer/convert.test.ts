import { expect, test } from "vitest";
import { LANDMARKS, modelById } from "../catalog.ts";
import { toOnnx } from "./build.ts";
import { convert } from "./convert.ts";
import { CACHE } from "./files.ts";
import { fetchSource } from "./import-model.ts";
import { readTflite, type TfliteGraph } from "./tflite.ts";

// compare.test.ts tests the numbers.

test("both ways of writing a PReLU, and a softmax, become one operator", async () => {
  expect(await operators(LANDMARKS.id)).toEqual({
    Conv: 4,
    PRelu: 5,
    MaxPool: 3,
    Flatten: 1,
    Gemm: 4,
    Softmax: 1,
    Identity: 3,
  });
  expect(await operators("mobilefacenet-192")).toEqual({ Conv: 52, PRelu: 33, Add: 12, Flatten: 1, Identity: 1 });
});

test("an unsupported operator is rejected by name", () => {
  const shape = [1, 2, 2, 1];
  const graph: TfliteGraph = {
    tensors: [
      { name: "x", shape },
      { name: "y", shape },
    ],
    operators: [{ kind: "NEG", inputs: [0], output: 1 }],
    inputs: [0],
    outputs: [1],
  };
  expect(() => convert(graph, { input: "x", outputs: ["y"], transposed: false })).toThrow("NEG");
});

test("a file that is not a TFLite model is rejected", () => {
  expect(() => readTflite(new Uint8Array(64))).toThrow("TFLite");
});

async function operators(id: string): Promise<Record<string, number>> {
  const entry = modelById(id)!;
  const { graph } = toOnnx(entry, await fetchSource(entry, { cache: CACHE }));
  const counts: Record<string, number> = {};
  for (const { operator } of graph.nodes) counts[operator] = (counts[operator] ?? 0) + 1;
  return counts;
}
