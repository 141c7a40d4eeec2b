import { expect, test } from "vitest";
import { type Attribute, floats, type Node, node, type Tensor } from "../../models/importer/onnx.ts";
import { multiply } from "./arithmetic.ts";
import { gradient } from "./gradient.ts";
import { importNet } from "./import.ts";
import { OPERATORS } from "./import-operators.ts";
import { total } from "./reduction.ts";
import { type FloatTensor, openSession } from "./run.ts";
import { evaluate } from "./testing/agreement.ts";
import { smallModel } from "./testing/small-model.ts";
import { distinct, map, type Tensor as Reference, random, relativeError } from "./testing/tensor.ts";
import { constant, input } from "./value.ts";

/** A file whose last node, "y", is the operator under test. */
interface ImportCase {
  name: string;
  shape: number[];
  nodes: Node[];
  constants?: Tensor[];
  opset?: bigint;
  /** Set for logarithms and square roots, which need positive inputs. */
  positive?: true;
}

const list = (name: string, ...values: number[]): Tensor => ({
  name,
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const weights = (name: string, dims: number[], seed = 3): Tensor =>
  floats(name, dims, Float32Array.from(random(dims, seed, 0.2, 1).data));
const one = (name: string, value: number) => floats(name, [], Float32Array.of(value));
const y = (operator: string, inputs: string[] = ["x"], attributes: Record<string, Attribute> = {}) => [
  node(operator, inputs, "y", attributes),
];
const elementwise = (operator: string, more: Partial<ImportCase> = {}): ImportCase => ({
  name: operator,
  shape: [2, 3, 2],
  nodes: y(operator),
  ...more,
});
const withOther = (operator: string): ImportCase =>
  elementwise(operator, { nodes: y(operator, ["x", "other"]), constants: [weights("other", [3, 1])] });
const image = (name: string, nodes: Node[], constants: Tensor[] = [], shape = [1, 2, 5, 4]): ImportCase => ({
  name,
  shape,
  nodes,
  constants,
});

const BYTES = Int8Array.from({ length: 36 }, (_, i) => ((i * 37) % 200) - 100);

const IMPORT_CASES: ImportCase[] = [
  ...["Add", "Sub", "Mul", "Div"].map(withOther),
  ...["Neg", "Exp", "Abs", "Relu", "Sigmoid", "Tanh", "Identity", "Dropout"].map((operator) => elementwise(operator)),
  ...["Log", "Sqrt"].map((operator) => elementwise(operator, { positive: true })),
  withOther("PRelu"),
  elementwise("LeakyRelu", { name: "LeakyRelu, default slope" }),
  elementwise("LeakyRelu", { name: "LeakyRelu", nodes: y("LeakyRelu", ["x"], { alpha: 0.3 }) }),
  elementwise("Clip", { nodes: y("Clip", ["x", "low", "high"]), constants: [one("low", -0.1), one("high", 0.2)] }),
  elementwise("Clip", {
    name: "Clip, upper bound only",
    nodes: y("Clip", ["x", "", "high"]),
    constants: [one("high", 0)],
  }),
  elementwise("Softmax"),
  elementwise("Softmax", { name: "Softmax, over channels", nodes: y("Softmax", ["x"], { axis: 1n }) }),

  image("Conv", y("Conv", ["x", "k"], { kernel_shape: [3n, 3n] }), [weights("k", [3, 2, 3, 3])]),
  image(
    "Conv, two groups, with a bias, strides, dilations and uneven pads",
    y("Conv", ["x", "k", "b"], {
      ...{ kernel_shape: [2n, 2n], strides: [2n, 1n], dilations: [1n, 2n], pads: [1n, 0n, 0n, 2n], group: 2n },
    }),
    [weights("k", [4, 1, 2, 2]), weights("b", [4], 4)],
  ),
  image(
    "ConvTranspose, with a bias, strides and rows at the end",
    y("ConvTranspose", ["x", "k", "b"], {
      ...{ kernel_shape: [3n, 3n], strides: [2n, 2n], pads: [1n, 1n, 1n, 1n], output_padding: [1n, 1n] },
    }),
    [weights("k", [2, 3, 3, 3]), weights("b", [3], 4)],
  ),
  image("MaxPool", y("MaxPool", ["x"], { kernel_shape: [2n, 3n], strides: [2n, 1n], pads: [0n, 1n, 1n, 1n] })),
  image("AveragePool", y("AveragePool", ["x"], { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] })),
  image(
    "AveragePool, counting pads",
    y("AveragePool", ["x"], { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n], count_include_pad: 1n }),
  ),
  image("GlobalAveragePool", y("GlobalAveragePool")),
  image(
    "BatchNormalization",
    y("BatchNormalization", ["x", "gamma", "beta", "mean", "variance"], { epsilon: 0.01 }),
    ["gamma", "beta", "mean", "variance"].map((name, i) => weights(name, [2], 5 + i)),
  ),
  image("InstanceNormalization", y("InstanceNormalization", ["x", "gamma", "beta"], { epsilon: 0.1 }), [
    weights("gamma", [2]),
    weights("beta", [2], 4),
  ]),

  { name: "MatMul", shape: [2, 3], nodes: y("MatMul", ["x", "w"]), constants: [weights("w", [3, 4])] },
  {
    name: "Gemm",
    shape: [2, 3],
    nodes: y("Gemm", ["x", "w", "c"], { transB: 1n, alpha: 0.5, beta: 2 }),
    constants: [weights("w", [4, 3]), weights("c", [4], 4)],
  },
  {
    name: "Gemm, first factor transposed",
    shape: [3, 2],
    nodes: y("Gemm", ["x", "w"], { transA: 1n }),
    constants: [weights("w", [3, 4])],
  },
  elementwise("ReduceSum", { nodes: y("ReduceSum", ["x", "axes"]), constants: [list("axes", -1)] }),
  elementwise("ReduceSum", { name: "ReduceSum, all axes", nodes: y("ReduceSum", ["x"], { keepdims: 0n }) }),
  elementwise("ReduceMean", { nodes: y("ReduceMean", ["x"], { axes: [0n, 2n], keepdims: 0n }) }),
  elementwise("ReduceMean", {
    name: "ReduceMean, axes as an input",
    nodes: y("ReduceMean", ["x", "axes"]),
    constants: [list("axes", 1)],
    opset: 18n,
  }),

  elementwise("Concat", {
    nodes: y("Concat", ["x", "other", "x"], { axis: -2n }),
    constants: [weights("other", [2, 1, 2])],
  }),
  elementwise("Flatten", { nodes: y("Flatten", ["x"], { axis: 2n }) }),
  elementwise("Reshape", { nodes: y("Reshape", ["x", "sizes"]), constants: [list("sizes", 0, -1, 1)] }),
  elementwise("Transpose", { nodes: y("Transpose", ["x"], { perm: [1n, 2n, 0n] }) }),
  elementwise("Transpose", { name: "Transpose, default order" }),
  { name: "Squeeze", shape: [1, 2, 1, 3], nodes: y("Squeeze", ["x", "axes"]), constants: [list("axes", -2)] },
  { name: "Squeeze, all axes of size 1", shape: [1, 2, 1, 3], nodes: y("Squeeze") },
  elementwise("Unsqueeze", { nodes: y("Unsqueeze", ["x", "axes"]), constants: [list("axes", -1, 0)] }),
  image("Slice", y("Slice", ["x", "from", "to", "axes", "steps"]), [
    ...[list("from", 1, -3), list("to", 99, -1), list("axes", 2, -1), list("steps", 2, 1)],
  ]),
  image("Slice, default axes", y("Slice", ["x", "from", "to"]), [list("from", 0, 1), list("to", 1, 2)]),
  image("Pad", y("Pad", ["x", "widths", "value"]), [list("widths", 0, 0, 1, 0, 0, 1, 0, 2), one("value", 0.7)]),
  image("Pad, mirrored", y("Pad", ["x", "widths"], { mode: "reflect" }), [list("widths", 0, 0, 2, 1, 0, 0, 1, 3)]),
  image("Resize", y("Resize", ["x", "", "scales"]), [floats("scales", [4], Float32Array.of(1, 1, 2, 2))]),
  image("Resize, to sizes", y("Resize", ["x", "", "", "sizes"]), [list("sizes", 1, 2, 15, 12)]),
  elementwise("Constant", {
    nodes: [node("Constant", [], "other", { value: weights("", [3, 1]) }), ...y("Mul", ["x", "other"])],
  }),
  image(
    "DequantizeLinear, one scale for each kernel",
    [node("DequantizeLinear", ["q", "scale"], "k", { axis: 0n }), ...y("Conv", ["x", "k"], { kernel_shape: [3n, 3n] })],
    [{ name: "q", dims: [2, 2, 3, 3], data: BYTES }, floats("scale", [2], Float32Array.of(0.01, 0.03))],
  ),
  {
    name: "DequantizeLinear, with a zero point",
    shape: [9, 4],
    // Not MatMul, because the runtime would compute it with bytes.
    nodes: [node("DequantizeLinear", ["q", "scale", "zero"], "w"), ...y("Mul", ["x", "w"])],
    constants: [
      { name: "q", dims: [9, 4], data: Uint8Array.from(BYTES) },
      one("scale", 0.02),
      { name: "zero", dims: [], data: Uint8Array.of(130) },
    ],
  },
];

test("every supported operator is tested", () => {
  const tried = new Set(IMPORT_CASES.flatMap(({ nodes }) => nodes.map(({ operator }) => operator)));
  expect([...tried].sort()).toEqual(Object.keys(OPERATORS).sort());
});

/** h of the central differences of float32 runs. The rounding error grows with 1 / h, the truncation error with h². */
const STEP = 1e-2;

test.each(IMPORT_CASES)(
  "$name: the value matches the runtime's, and the gradient matches central differences",
  async (trial) => {
    const { shape, nodes, constants, opset, positive } = trial;
    const x = positive ? random(shape, 1, 0.5, 1.5) : distinct(shape, 1);
    const imported = importNet(smallModel({ shape, nodes, constants, opset }));
    const fed = input("x0", shape);
    const value = imported.features(fed, ["y"]).y;
    const w = random(value.shape, 2);
    const [dx] = gradient(total(multiply(value, constant(Float32Array.from(w.data), w.shape))), [fed]);
    const found = await evaluate({ y: value, dx: dx! }, [x]);

    const session = await openSession(smallModel({ shape, nodes, constants, opset, rank: value.shape.length }));
    const direct = async (of: Reference): Promise<FloatTensor> =>
      (await session.run({ x: { shape, data: Float32Array.from(of.data) } })).y!;
    const expected = await direct(x);
    expect(found.y!.shape).toEqual(expected.shape);
    expect(value.shape).toEqual(expected.shape);
    expect(relativeError(found.y!.data, expected.data)).toBeLessThan(1e-5);

    const weighted = async (i: number, h: number) => {
      const { data } = await direct(map(x, (v, at) => (at === i ? v + h : v)));
      return data.reduce((sum, v, at) => sum + w.data[at]! * v, 0);
    };
    const differences: number[] = [];
    for (const i of x.data.keys())
      differences.push(((await weighted(i, STEP)) - (await weighted(i, -STEP))) / (2 * STEP));
    await session.release();
    expect(relativeError(found.dx!.data, differences)).toBeLessThan(2e-3);
  },
);

test.each([
  ["auto_pad", y("Conv", ["x", "k"], { auto_pad: "SAME_UPPER" }), /y: auto_pad SAME_UPPER/],
  ["ceil_mode", y("MaxPool", ["x"], { kernel_shape: [2n, 2n], ceil_mode: 1n }), /y: ceil_mode/],
  ["a pool without a size", y("AveragePool"), /y: the pooling node has no kernel_shape/],
  ["linear enlargement", y("Resize", ["x", "", "scales"], { mode: "linear" }), /y: only nearest-neighbor enlargement/],
  ["enlargement by 1.5", y("Resize", ["x", "", "half"]), /y: only nearest-neighbor enlargement/],
  ["uneven enlargement", y("Resize", ["x", "", "wider"]), /y: only nearest-neighbor enlargement/],
  ["a border of the edge's pixels", y("Pad", ["x", "widths"], { mode: "edge" }), /Pad.*the mode edge is not supported/],
  ["a negative border", y("Pad", ["x", "narrower"]), /Pad.*a negative pad is not supported/],
  ["a computed shape", y("Reshape", ["x", "k"]), /Reshape: shapes, axes and positions must be constants/],
])("%s is rejected with the name of the node or operator", (_, nodes, message) => {
  const constants = [
    weights("k", [2, 2, 3, 3]),
    floats("scales", [4], Float32Array.of(1, 1, 2, 2)),
    floats("half", [4], Float32Array.of(1, 1, 1.5, 1.5)),
    floats("wider", [4], Float32Array.of(1, 1, 2, 3)),
    list("widths", 0, 0, 1, 1, 0, 0, 1, 1),
    list("narrower", 0, 0, -1, 0, 0, 0, 0, 0),
  ];
  const shape = [1, 2, 5, 4];
  const net = importNet(smallModel({ shape, nodes, constants }));
  expect(() => net.features(input("x", shape), ["y"])).toThrow(message);
});
