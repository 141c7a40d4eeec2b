import fc from "fast-check";
import { expect, test } from "vitest";
import { floats, type Graph, type Model, node } from "./onnx.ts";
import { quantize, quantizeTensor } from "./quantize.ts";

const weights = fc.float32Array({ minLength: 12, maxLength: 12, min: -1e3, max: 1e3, noNaN: true });

test("a weight is restored within half a step of its channel's scale", () => {
  fc.assert(
    fc.property(weights, (data) => {
      const [quantized, scales] = quantizeTensor(floats("w", [3, 2, 2], data));
      expect(quantized.dims).toEqual([3, 2, 2]);
      expect(scales.dims).toEqual([3]);
      for (const [i, weight] of data.entries()) {
        const scale = Number(scales.data[Math.floor(i / 4)]);
        const back = Number(quantized.data[i]) * scale;
        expect(Math.abs(back - weight)).toBeLessThanOrEqual((scale / 2) * (1 + 1e-6));
      }
    }),
  );
});

test("the largest weight of a channel is ±127, independent of other channels", () => {
  const [quantized, scales] = quantizeTensor(floats("w", [2, 2], Float32Array.of(1, -0.25, -1000, 250)));
  expect([...quantized.data]).toEqual([127, -32, -127, 32]);
  expect(scales.data[0]).toBeCloseTo(1 / 127, 7);
});

test("a channel of zeros stays zero", () => {
  const [quantized, scales] = quantizeTensor(floats("w", [1, 3], new Float32Array(3)));
  expect([...quantized.data, ...scales.data]).toEqual([0, 0, 0, 1]);
});

test("only weights whose channels are long sums become int8; biases do not change", () => {
  const long = floats("long", [2, 64, 1, 1], new Float32Array(128).fill(1));
  const short = floats("short", [2, 1, 3, 3], new Float32Array(18).fill(1));
  const bias = floats("bias", [2], Float32Array.of(1, 2));
  const model = modelOf({
    nodes: [node("Conv", ["x", "long", "bias"], "y"), node("Conv", ["y", "short"], "z", { group: 2n })],
    initializers: [long, short, bias],
  });
  quantize(model);
  expect(model.graph.initializers.map(({ name }) => name)).toEqual(["long.q", "long.scale", "short", "bias"]);
  expect(model.graph.nodes[0]).toEqual(node("DequantizeLinear", ["long.q", "long.scale"], "long", { axis: 0n }));
});

test("a Gemm whose output channels come last is rejected", () => {
  const model = modelOf({ nodes: [node("Gemm", ["x", "w"], "y")], initializers: [] });
  expect(() => quantize(model)).toThrow("transB");
});

function modelOf(parts: Pick<Graph, "nodes" | "initializers">): Model {
  const graph = { name: "", inputs: [], outputs: [], ...parts };
  return { irVersion: 7n, producerName: "", producerVersion: "", opset: 13n, graph };
}
