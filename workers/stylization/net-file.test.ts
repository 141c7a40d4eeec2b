import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Attribute, FLOAT, floats, type Model, type Node, node, type Tensor } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { SHIPPED_STYLES } from "../../models/styles.ts";
import { netProblem } from "./net-file.ts";

const readNet = (style: string) => readFileSync(`models/styles/${style}/net.onnx`);
const file = readNet("udnie");

/** The file of the net after a change to its model. */
function changed(change: (model: Model) => unknown): Uint8Array {
  const model = readOnnx(file);
  change(model);
  return writeOnnx(model);
}
const first = (model: Model, operator: string): Node => model.graph.nodes.find((node) => node.operator === operator)!;
const constant = (model: Model, name: string): Tensor =>
  model.graph.initializers.find((tensor) => tensor.name === name)!;
const set = (operator: string, name: string, value: Attribute) => () =>
  changed((model) => first(model, operator).attributes.set(name, value));

/** The file of a net with these nodes, from `photograph` to `picture`. */
function netWithNodes(...parts: (Node | Tensor)[]): Uint8Array {
  const picture = (name: string) => ({ name, elementType: FLOAT, dims: ["n", 3, "height", "width"] });
  return writeOnnx({
    ...readOnnx(file),
    graph: {
      name: "net",
      nodes: parts.filter((part) => "operator" in part),
      initializers: parts.filter((part) => "data" in part),
      inputs: [picture("photograph")],
      outputs: [picture("picture")],
    },
  });
}
/** A convolution whose output has the size of its input if the stride is 1. */
function conv(from: string, to: string, inputs: number, outputs: number, { kernel = 1, stride = 1, value = 0.1 } = {}) {
  const side = BigInt(kernel);
  const attributes = {
    kernel_shape: [side, side],
    strides: [BigInt(stride), BigInt(stride)],
    pads: Array.from({ length: 4 }, () => (side - 1n) / 2n),
  };
  const weights = new Float32Array(outputs * inputs * kernel ** 2).fill(value);
  return [
    node("Conv", [from, `${to}.kernel`], to, attributes),
    floats(`${to}.kernel`, [outputs, inputs, kernel, kernel], weights),
  ];
}

describe("valid style nets", () => {
  test("all shipped nets are valid", () => {
    const folders = readdirSync("models/styles", { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(SHIPPED_STYLES.map(({ name }) => name).sort());
    for (const { name } of folders) expect(netProblem(readNet(name)), name).toBeUndefined();
  });

  test("a float32 net with a few channels is valid", () => {
    const net = netWithNodes(...conv("photograph", "a", 3, 4), node("Relu", ["a"], "b"), ...conv("b", "picture", 4, 3));
    expect(netProblem(net)).toBeUndefined();
  });
});

describe("invalid style nets", () => {
  test.each<[string, RegExp, () => Uint8Array]>([
    ["a file that is not ONNX", /not an ONNX/, () => new TextEncoder().encode("net")],
    ["half of a file", /not an ONNX/, () => file.subarray(0, file.length / 2)],
    [
      "a net with an operator that loops",
      /operator "Loop" is not allowed/,
      () => changed((m) => Object.assign(first(m, "Add"), { operator: "Loop" })),
    ],
    ["a net with two inputs", /one input photograph/, () => changed((m) => m.graph.inputs.push(m.graph.inputs[0]!))],
    [
      "a net for pictures with one channel",
      /one input photograph/,
      () => changed((m) => m.graph.inputs[0]!.dims.splice(1, 1, 1)),
    ],
    [
      "a net with an unlimited padding",
      /Pad.*constant 0 to 64 pixels/,
      () => changed((m) => Object.assign(constant(m, "border"), { data: new BigInt64Array(8).fill(1n << 20n) })),
    ],
    [
      "a net that pads channels",
      /Pad.*must not pad channels/,
      () =>
        changed((m) =>
          Object.assign(constant(m, "border"), { data: BigInt64Array.of(0n, 9n, 1n, 1n, 0n, 0n, 1n, 1n) }),
        ),
    ],
    [
      "a net that reflects more pixels than a small picture has",
      /Pad.*reflects more/,
      () =>
        changed((m) =>
          Object.assign(constant(m, "border"), { data: BigInt64Array.of(0n, 0n, 9n, 9n, 0n, 0n, 9n, 9n) }),
        ),
    ],
    [
      "a net with an unlimited block size",
      /DepthToSpace.*blocksize in 1\.\.8/,
      set("DepthToSpace", "blocksize", 4096n),
    ],
    [
      "a net with too many nodes",
      /at most 256 nodes/,
      () => changed((m) => m.graph.nodes.push(...Array.from({ length: 300 }, () => first(m, "Add")))),
    ],
    [
      "a net with hundreds of channels in the middle",
      /needs 648 MiB for 512 × 512 pixels; the limit is 20 MiB/,
      () => netWithNodes(...conv("photograph", "wide", 3, 512), ...conv("wide", "picture", 512, 3)),
    ],
    [
      "a net that enlarges the picture in the middle",
      /needs 1\d\d MiB/,
      () =>
        netWithNodes(
          ...conv("photograph", "deep", 3, 192, { stride: 2 }),
          node("DepthToSpace", ["deep"], "large", { blocksize: 8n, mode: "CRD" }),
          ...conv("large", "picture", 3, 3, { stride: 4 }),
        ),
    ],
    [
      "a net with Resize",
      /operator "Resize" is not allowed/,
      () =>
        netWithNodes(
          node("Resize", ["photograph", "", "by"], "picture"),
          floats("by", [4], Float32Array.of(1, 1, 99, 99)),
        ),
    ],
    [
      "a net with Upsample",
      /operator "Upsample" is not allowed/,
      () =>
        netWithNodes(
          node("Upsample", ["photograph", "by"], "picture"),
          floats("by", [4], Float32Array.of(1, 1, 99, 99)),
        ),
    ],
    [
      "a net that needs little memory but too many multiply-adds",
      /needs 4\.6 G multiply-adds for 512 × 512 pixels; the limit is 4\.0 G/,
      () =>
        netWithNodes(
          ...conv("photograph", "a0", 3, 64, { stride: 8 }),
          ...Array.from({ length: 30 }, (_, i) => conv(`a${i}`, `a${i + 1}`, 64, 64, { kernel: 3 })).flat(),
          ...conv("a30", "deep", 64, 192),
          node("DepthToSpace", ["deep"], "picture", { blocksize: 8n, mode: "CRD" }),
        ),
    ],
    [
      "a net whose output is smaller than its input",
      /shapes must be equal/,
      () => netWithNodes(...conv("photograph", "picture", 3, 3, { stride: 2 })),
    ],
    [
      "a net whose output has more channels than its input",
      /shapes must be equal/,
      () => netWithNodes(...conv("photograph", "picture", 3, 4)),
    ],
    [
      "a net with a weight that is NaN",
      /"picture.kernel" has a number that is not finite/,
      () => netWithNodes(...conv("photograph", "picture", 3, 3, { value: Number.NaN })),
    ],
    [
      "a net with an infinite weight",
      /"picture.kernel" has a number that is not finite/,
      () => netWithNodes(...conv("photograph", "picture", 3, 3, { value: Number.NEGATIVE_INFINITY })),
    ],
    [
      "a net with a scale that is NaN",
      /not finite/,
      () => changed((m) => Object.assign(constant(m, "descent.scale"), { data: Float32Array.of(Number.NaN) })),
    ],
    [
      "a net with a scale that dequantizes to infinity",
      /scale that is not a positive finite number/,
      () => changed((m) => Object.assign(constant(m, "descent.scale"), { data: Float32Array.of(3e38) })),
    ],
    [
      "a net with a scale of 0",
      /scale that is not a positive finite number/,
      () => changed((m) => Object.assign(constant(m, "descent.scale"), { data: Float32Array.of(0) })),
    ],
    [
      "a net with a zero point of the wrong type",
      /zero point whose type differs/,
      () =>
        changed((m) => {
          m.graph.initializers.push({ name: "other", dims: [], data: Int8Array.of(0) });
          first(m, "DequantizeLinear").inputs[2] = "other";
        }),
    ],
    [
      "a net with a cycle",
      /reads "b", which is not defined before it/,
      () =>
        netWithNodes(node("Add", ["photograph", "b"], "a"), node("Relu", ["a"], "b"), node("Relu", ["b"], "picture")),
    ],
    [
      "a net that reads an undefined value",
      /reads "nothing"/,
      () => netWithNodes(node("Add", ["photograph", "nothing"], "picture")),
    ],
    [
      "a net that omits a required input",
      /is missing a required input/,
      () => netWithNodes(node("Add", ["photograph", ""], "picture")),
    ],
    ["a net with too few inputs", /has 1 inputs/, () => netWithNodes(node("Add", ["photograph"], "picture"))],
    [
      "a net that does not compute its output",
      /No node computes the output "picture"/,
      () => netWithNodes(node("Relu", ["photograph"], "a")),
    ],
    [
      "a net that uses a name twice",
      /Two values of the net have the name "picture"/,
      () => netWithNodes(node("Relu", ["photograph"], "picture"), node("Relu", ["photograph"], "picture")),
    ],
    [
      "a net whose output is uint8",
      /output "picture" of the net is not float/,
      () =>
        netWithNodes(
          node("QuantizeLinear", ["photograph", "scale", "zero"], "picture"),
          floats("scale", [], Float32Array.of(1 / 255)),
          { name: "zero", dims: [], data: Uint8Array.of(0) },
        ),
    ],
    [
      "a net whose shapes do not match",
      /kernel for 4 channels, but its input has 3/,
      () => netWithNodes(...conv("photograph", "picture", 4, 3)),
    ],
    [
      "a net that adds a number to a picture",
      /inputs of different shapes/,
      () => netWithNodes(node("Add", ["photograph", "one"], "picture"), floats("one", [], Float32Array.of(1))),
    ],
    [
      "a net with a constant whose shape is larger than its data",
      /not have as many numbers as its shape requires/,
      () => changed((m) => Object.assign(constant(m, "entrance.bias.scale"), { dims: [2 ** 40] })),
    ],
    ["a net with groups", /attribute "group"/, set("Conv", "group", 2n)],
    ["a net with dilations", /attribute "dilations"/, set("Conv", "dilations", [9n, 9n])],
    ["a net with a stride of 0", /strides in 1\.\.8/, set("Conv", "strides", [0n, 1n])],
    ["a net with negative padding", /pads in 0\.\.64/, set("Conv", "pads", [-9n, 0n, 0n, 0n])],
    ["a net with an unknown padding mode", /mode constant or edge or reflect/, set("Pad", "mode", "wrap")],
  ])("%s is invalid", (_, expected, make) => expect(netProblem(make())).toMatch(expected));
});

test("the check of a corrupted file never throws", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(2_000),
      (damage, cut) => {
        const damaged = new Uint8Array(file.subarray(0, file.length - cut * Number(cut % 2 === 0)));
        for (const [at, byte] of damage) if (at < damaged.length) damaged[at] = byte;
        expect(["string", "undefined"]).toContain(typeof netProblem(damaged));
      },
    ),
    { numRuns: 200 },
  );
});
