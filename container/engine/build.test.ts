import { expect, test } from "vitest";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import {
  add,
  divide,
  exponential,
  multiply,
  negate,
  offset,
  relu,
  scale,
  sigmoid,
  square,
  subtract,
} from "./arithmetic.ts";
import { build } from "./build.ts";
import { convolution } from "./convolution.ts";
import { gradient } from "./gradient.ts";
import { total } from "./reduction.ts";
import { pad, reshape, reverse, roll, slice, transpose } from "./shape.ts";
import { evaluate } from "./testing/agreement.ts";
import { random } from "./testing/tensor.ts";
import { constant, constantData, emit, input, ShapeError, scalar, type Value } from "./value.ts";

/** The operators in the file, without the Identity nodes that name the outputs. */
const operators = (outputs: Record<string, Value>): string[] =>
  readOnnx(build(outputs))
    .graph.nodes.map(({ operator }) => operator)
    .filter((operator) => operator !== "Identity");

const x = input("x", [2, 3]);
const ones = constant(new Float32Array(6).fill(1), [2, 3]);
const zeros = constant(new Float32Array(6), [2, 3]);

test("values that no output needs are not in the file", () => {
  const y = exponential(x);
  square(sigmoid(y));
  expect(operators({ y })).toEqual(["Exp"]);
  expect(readOnnx(build({ y: exponential(input("fed", [1])) })).graph.inputs.map(({ name }) => name)).toEqual(["fed"]);
});

test("the gradient of the picture does not compute the gradient of the kernel", () => {
  const picture = input("picture", [1, 3, 8, 8]);
  const kernel = input("kernel", [4, 3, 3, 3]);
  const loss = total(square(convolution(picture, kernel)));
  const ofPicture = operators({ dx: gradient(loss, [picture])[0]! });
  // Only the kernel's gradient multiplies matrices.
  expect(ofPicture).not.toContain("MatMul");
  expect(operators({ dk: gradient(loss, [kernel])[0]! })).toContain("MatMul");
});

test("equal nodes are written once", () => {
  const once = operators({ y: add(exponential(x), relu(exponential(x))) });
  expect(once).toEqual(["Exp", "Relu", "Add"]);
  expect(operators({ a: exponential(x), b: exponential(x) })).toEqual(["Exp"]);
  expect(operators({ y: add(exponential(input("x", [2, 3])), exponential(input("x", [2, 3]))) })).toEqual([
    "Exp",
    "Add",
  ]);
});

test("nodes that differ in an attribute, a constant, a shape or the order of inputs are not merged", () => {
  expect(operators({ a: scale(x, 2), b: scale(x, 3) })).toEqual(["Mul", "Mul"]);
  expect(operators({ a: subtract(x, exponential(x)), b: subtract(exponential(x), x) })).toEqual(["Exp", "Sub", "Sub"]);
  const picture = input("p", [1, 1, 9, 9]);
  const kernel = input("k", [1, 1, 3, 3]);
  // Both results are 9×9: only the attributes differ.
  const [near, far] = [1, 2].map((n) => convolution(picture, kernel, { pads: n, dilations: n }));
  expect(operators({ near: near!, far: far! })).toEqual(["Conv", "Conv"]);
  expect(operators({ a: reshape(x, [6]), b: reshape(x, [3, 2]) })).toEqual(["Reshape", "Reshape"]);
  const [row, column] = [constant([1, 2], [1, 2]), constant([1, 2], [2, 1])];
  const matrix = input("matrix", [2, 2]);
  expect(operators({ row: multiply(matrix, row), column: multiply(matrix, column) })).toEqual(["Mul", "Mul"]);
});

test("equal constants are written once", () => {
  const { initializers } = readOnnx(
    build({ y: add(multiply(x, scalar(2)), multiply(exponential(x), scalar(2))) }),
  ).graph;
  expect(initializers).toHaveLength(1);
});

test("an operation on constants is computed when the graph is built", () => {
  const kernel = constant(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
  expect(constantData(offset(scale(negate(kernel), 2), 1))).toEqual(Float32Array.of(-1, -3, -5, -7, -9, -11));
  expect(constantData(reverse(transpose(kernel, [1, 0]), [0]))).toEqual(Float32Array.of(3, 6, 2, 5, 1, 4));
  expect(operators({ y: multiply(x, square(exponential(kernel))) })).toEqual(["Mul"]);
});

test.each([
  ["x + 0", add(x, zeros), x],
  ["0 + x", add(zeros, x), x],
  ["x + a scalar 0", offset(x, 0), x],
  ["x − 0", subtract(x, zeros), x],
  ["x · 1", multiply(x, ones), x],
  ["1 · x", multiply(scalar(1), x), x],
  ["x / 1", divide(x, ones), x],
  ["x in its own shape", reshape(x, [2, 3]), x],
  ["its axes in their own order", transpose(x, [0, 1]), x],
  ["a slice of the whole axis", slice(x, [{ axis: 1, from: 0, to: 3 }]), x],
  ["an empty border", pad(x, [{ axis: 0, before: 0, after: 0 }]), x],
  ["a full rotation", roll(x, 1, 3), x],
  ["a reversed axis of size 1", reverse(input("one", [1, 1]), [0, 1]), input("one", [1, 1])],
])("%s adds no node", (_, y, same) => {
  expect(y).toEqual(same);
  expect(operators({ y })).toEqual([]);
});

test("a 1 or a 0 that enlarges the shape is not simplified away", () => {
  const row = input("row", [3]);
  expect(multiply(row, ones).shape).toEqual([2, 3]);
  expect(add(row, zeros).shape).toEqual([2, 3]);
});

test("equal graphs give equal bytes", () => {
  const graph = () => {
    const picture = input("picture", [1, 3, 6, 6]);
    const kernel = constant(Float32Array.from(random([4, 3, 3, 3], 1).data), [4, 3, 3, 3]);
    const loss = total(square(relu(convolution(picture, kernel))));
    return { loss, dx: gradient(loss, [picture])[0]! };
  };
  expect(build(graph())).toEqual(build(graph()));
});

test("an output may be an input, a constant, or another output", async () => {
  const fed = input("x0", [2]);
  const y = exponential(fed);
  const found = await evaluate({ fed, three: scalar(3), y, again: y }, [random([2], 1)]);
  expect([...found.fed!.data]).toEqual([...random([2], 1).data]);
  expect(found.three).toEqual({ shape: [], data: Float32Array.of(3) });
  expect(found.again).toEqual(found.y);
});

test("a name that is used twice is rejected", () => {
  const a = input("a", [2]);
  expect(() => build({ y: add(a, reshape(input("a", [1, 2]), [2])) })).toThrow(
    "The name a is used twice in the graph.",
  );
  expect(() => build({ a: exponential(a) })).toThrow("The name a is used twice in the graph.");
});

test("a constant's data must fill its shape, and no size may be 0", () => {
  expect(() => constant([1, 2, 3], [2, 2])).toThrow(
    new ShapeError("Constant of [2, 2]: it needs 4 numbers but got 3."),
  );
  expect(() => emit("Exp", [x], { shape: [2, 0] })).toThrow(
    new ShapeError("Exp of [2, 3]: the output would have the shape [2, 0]."),
  );
});
