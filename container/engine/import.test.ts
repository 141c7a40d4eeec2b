import { expect, test } from "vitest";
import { FLOAT, floats, node } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { smallNet } from "../jobs/testing/net.ts";
import { add, multiply } from "./arithmetic.ts";
import { gradient } from "./gradient.ts";
import { importNet } from "./import.ts";
import { total } from "./reduction.ts";
import { openSession } from "./run.ts";
import { evaluate } from "./testing/agreement.ts";
import { smallModel } from "./testing/small-model.ts";
import { map, random, relativeError, type Tensor } from "./testing/tensor.ts";
import { constant, input, type Value } from "./value.ts";

const SHAPE = [2, 3, 10, 8];
const LAYERS = ["fine", "coarse"] as const;
const x = random(SHAPE, 1, 0, 1);

/** The same net run by the runtime, with both layers as outputs. */
async function runtimeOf(file: Uint8Array) {
  const model = readOnnx(file);
  const outputs = LAYERS.map((name) => ({ name, elementType: FLOAT, dims: ["n", "c", `${name} h`, `${name} w`] }));
  const session = await openSession(writeOnnx({ ...model, graph: { ...model.graph, outputs } }));
  return {
    run: ({ shape, data }: Tensor) => session.run({ picture: { shape, data: Float32Array.from(data) } }),
    release: () => session.release(),
  };
}

test("the imported layers match the runtime's output for any batch and size", async () => {
  const session = await runtimeOf(smallNet());
  for (const picture of [x, random([1, 3, 7, 13], 2, 0, 1)]) {
    const features = importNet(smallNet()).features(input("x0", picture.shape), LAYERS);
    const found = await evaluate(features, [picture]);
    const expected = await session.run(picture);
    for (const layer of LAYERS) {
      expect(features[layer].shape).toEqual(expected[layer]!.shape);
      expect(relativeError(found[layer]!.data, expected[layer]!.data)).toBeLessThan(1e-6);
    }
  }
  await session.release();
});

/** h of the central differences of float32 runs. */
const STEP = 1e-2;

test("the gradient of a loss on the layers matches central differences of the runtime's output", async () => {
  // Only smooth activations: at a kink, differences do not give the gradient.
  const file = smallNet({ last: "Tanh", first: "Sigmoid" });
  const session = await runtimeOf(file);
  const picture = input("x0", SHAPE);
  const features = importNet(file).features(picture, LAYERS);
  const weights = LAYERS.map((layer, i) => random(features[layer].shape, 3 + i));
  const loss = LAYERS.map((layer, i) => weighted(features[layer], weights[i]!)).reduce(add);
  const [slope] = gradient(loss, [picture]);
  const { found } = await evaluate({ found: slope! }, [x]);

  const lossAt = async (moved: Tensor) => {
    const run = await session.run(moved);
    return LAYERS.flatMap((layer, i) => Array.from(run[layer]!.data, (v, at) => v * weights[i]!.data[at]!)).reduce(
      (sum, v) => sum + v,
    );
  };
  // Only the second picture's numbers, which are half of all.
  const sampledIndices = [...x.data.keys()].slice(x.data.length / 2);
  const differences: number[] = [];
  for (const i of sampledIndices) {
    const [above, below] = [STEP, -STEP].map((h) => map(x, (v, at) => (at === i ? v + h : v)));
    differences.push(((await lossAt(above!)) - (await lossAt(below!))) / (2 * STEP));
  }
  await session.release();
  expect(relativeError(found!.data.subarray(sampledIndices[0]), differences)).toBeLessThan(1e-3);
});

const weighted = (value: Value, { shape, data }: Tensor): Value =>
  total(multiply(value, constant(Float32Array.from(data), shape)));

test("layers are listed in the order of computation, without auxiliary nodes", () => {
  expect(importNet(smallNet()).layers).toEqual(["fine.sum", "fine", "coarse.sum", "coarse"]);
  const nodes = [
    node("Constant", [], "one", { value: floats("", [], Float32Array.of(1)) }),
    node("Identity", ["x"], "same"),
    node("Add", ["same", "one"], "y"),
  ];
  expect(importNet(smallModel({ nodes, shape: [1, 3] })).layers).toEqual(["y"]);
});

test("an unknown layer is rejected with its name and the list of layers", () => {
  const net = importNet(smallNet());
  const request = () => net.features(input("x", SHAPE), ["fine", "conv5_1"]);
  expect(request).toThrow("The net has no layer conv5_1. Its layers are fine.sum, fine, coarse.sum, coarse.");
  expect(request).toThrow(expect.objectContaining({ name: "UnknownLayerError" }));
});

test("all operators without a gradient rule are named in the error, if the requested layer needs them", () => {
  const nodes = [
    node("Relu", ["x"], "known"),
    node("Erf", ["known"], "odd"),
    node("Erf", ["odd"], "odder"),
    node("Softsign", ["odder"], "y"),
  ];
  const net = importNet(smallModel({ nodes, shape: [1, 3] }));
  const request = () => net.features(input("x", [1, 3]), ["y"]);
  expect(request).toThrow(/cannot be differentiated: (Softsign, Erf|Erf, Softsign)\./);
  expect(request).toThrow(/Supported operators: .*Conv.*Choose an earlier layer/);
  expect(request).toThrow(expect.objectContaining({ name: "UnknownOperatorError" }));
  expect(net.features(input("x", [1, 3]), ["known"]).known.operator).toBe("Relu");
});

test("layers that are not requested are not built", () => {
  const { fine } = importNet(smallNet({ last: "Erf" })).features(input("x", SHAPE), ["fine"]);
  expect(fine.shape).toEqual([2, 4, 10, 8]);
});

test("a net without exactly one input is rejected", () => {
  const nodes = [node("Add", ["x", "x2"], "y")];
  const model = readOnnx(smallModel({ nodes, shape: [1, 3] }));
  const x2 = { name: "x2", elementType: FLOAT, dims: [1, 3] };
  const of = (inputs: typeof model.graph.inputs, initializers = model.graph.initializers) =>
    writeOnnx({ ...model, graph: { ...model.graph, inputs, initializers } });
  expect(() => importNet(of([...model.graph.inputs, x2]))).toThrow("has 2 inputs");
  expect(() => importNet(of([]))).toThrow("has 0 inputs");
  // Older files list their weights among the inputs.
  const weight = floats("x2", [1, 3], Float32Array.of(1, 2, 3));
  const net = importNet(of([...model.graph.inputs, x2], [weight]));
  expect(net.features(input("x", [1, 3]), ["y"]).y.shape).toEqual([1, 3]);
});

test("a net with a missing value is rejected with the value's name", () => {
  const net = importNet(smallModel({ nodes: [node("Add", ["x", "lost"], "y")], shape: [1, 3] }));
  expect(() => net.features(input("x", [1, 3]), ["y"])).toThrow("no node, input or initializer provides lost");
});
