import { expect, test } from "vitest";
import { flush } from "./flush.ts";
import { floats } from "./onnx.ts";

test("negligible weights become zero; other weights and integers do not change", () => {
  const weights = floats("w", [5], Float32Array.of(1e-16, -1e-30, 1e-14, 0, -2));
  const shape = { name: "shape", dims: [1], data: BigInt64Array.of(1n) };
  const graph = { name: "", nodes: [], initializers: [weights, shape], inputs: [], outputs: [] };
  flush({ irVersion: 7n, producerName: "", producerVersion: "", opset: 13n, graph });
  expect([...weights.data]).toEqual([0, 0, Math.fround(1e-14), 0, -2]);
  expect(shape.data[0]).toBe(1n);
});
