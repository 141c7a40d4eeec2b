import { expect, test } from "vitest";
import { type Model, type Node, node } from "./onnx.ts";
import { upgradeOpset } from "./opset.ts";

test("attributes that became inputs are converted", () => {
  const model = modelOf(9n, [
    node("Unsqueeze", ["x"], "a", { axes: [0n, 2n] }),
    node("Slice", ["a"], "y", { starts: [1n], ends: [2n ** 63n - 1n], axes: [2n] }),
  ]);
  upgradeOpset(model);
  expect(model.opset).toBe(13n);
  expect(model.graph.nodes).toEqual([
    node("Unsqueeze", ["x", "a.axes"], "a"),
    node("Slice", ["a", "y.starts", "y.ends", "y.axes"], "y"),
  ]);
  expect(model.graph.initializers.map(({ name, data }) => [name, [...data]])).toEqual([
    ["a.axes", [0n, 2n]],
    ["y.starts", [1n]],
    ["y.ends", [2n ** 63n - 1n]],
    ["y.axes", [2n]],
  ]);
});

test("a Softmax whose meaning would change is rejected", () => {
  expect(() => upgradeOpset(modelOf(9n, [node("Softmax", ["x"], "y", { axis: 1n })]))).toThrow("last dimension");
  expect(() => upgradeOpset(modelOf(9n, [node("Softmax", ["x"], "y", { axis: 2n })]))).not.toThrow();
});

test("an unknown operator is rejected", () => {
  expect(() => upgradeOpset(modelOf(9n, [node("Clip", ["x"], "y", { min: 0, max: 6 })]))).toThrow("Clip");
});

test("a model of opset 13 does not change", () => {
  const model = modelOf(13n, [node("Clip", ["x", "low"], "y")]);
  upgradeOpset(model);
  expect(model).toEqual(modelOf(13n, [node("Clip", ["x", "low"], "y")]));
});

/** Its output y has the shape [N, 4, 4]. */
function modelOf(opset: bigint, nodes: Node[]): Model {
  const outputs = [{ name: "y", elementType: 1, dims: ["N", 4, 4] }];
  const graph = { name: "", nodes, initializers: [], inputs: [], outputs };
  return { irVersion: 6n, producerName: "", producerVersion: "", opset, graph };
}
