import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Attribute, FLOAT, floats, type Model, type Node, node, type Tensor } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { SHIPPED_STYLES } from "../../models/styles.ts";
import { netTrouble } from "./net-file.ts";

const netOf = (style: string) => readFileSync(`models/styles/${style}/net.onnx`);
const file = netOf("udnie");

/** The net with something changed. */
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

/** A net of these nodes, from `photograph` to `picture`. */
function netOfNodes(...parts: (Node | Tensor)[]): Uint8Array {
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
/** A convolution that keeps a picture's size unless it has a stride. */
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

describe("a style net is", () => {
  test("each one that ships", () => {
    const folders = readdirSync("models/styles", { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(SHIPPED_STYLES.map(({ name }) => name).sort());
    for (const { name } of folders) expect(netTrouble(netOf(name)), name).toBeUndefined();
  });

  test("one in float32 of a few channels", () => {
    const net = netOfNodes(...conv("photograph", "a", 3, 4), node("Relu", ["a"], "b"), ...conv("b", "picture", 4, 3));
    expect(netTrouble(net)).toBeUndefined();
  });
});

describe("none is", () => {
  test.each<[string, RegExp, () => Uint8Array]>([
    ["what is no ONNX file", /not an ONNX/, () => new TextEncoder().encode("net")],
    ["half a file", /not an ONNX/, () => file.subarray(0, file.length / 2)],
    [
      "a net with an operator that loops",
      /no operator "Loop"/,
      () => changed((m) => Object.assign(first(m, "Add"), { operator: "Loop" })),
    ],
    ["a net with other inputs", /one input photograph/, () => changed((m) => m.graph.inputs.push(m.graph.inputs[0]!))],
    ["a net of one channel", /one input photograph/, () => changed((m) => m.graph.inputs[0]!.dims.splice(1, 1, 1))],
    [
      "a net that pads without bound",
      /Pad.*64 constant pixels/,
      () => changed((m) => Object.assign(constant(m, "border"), { data: new BigInt64Array(8).fill(1n << 20n) })),
    ],
    [
      "a net that pads with channels",
      /Pad.*no channels/,
      () =>
        changed((m) =>
          Object.assign(constant(m, "border"), { data: BigInt64Array.of(0n, 9n, 1n, 1n, 0n, 0n, 1n, 1n) }),
        ),
    ],
    [
      "a net that mirrors more than a small picture has",
      /Pad.*reflects more/,
      () =>
        changed((m) =>
          Object.assign(constant(m, "border"), { data: BigInt64Array.of(0n, 0n, 9n, 9n, 0n, 0n, 9n, 9n) }),
        ),
    ],
    ["a net that spreads without bound", /DepthToSpace.*blocksize in 1\.\.8/, set("DepthToSpace", "blocksize", 4096n)],
    [
      "a net that goes on and on",
      /at most 256 nodes/,
      () => changed((m) => m.graph.nodes.push(...Array.from({ length: 300 }, () => first(m, "Add")))),
    ],
    [
      "a net with hundreds of channels in the middle",
      /takes 648 MiB for 512 × 512 pixels; the limit is 20/,
      () => netOfNodes(...conv("photograph", "wide", 3, 512), ...conv("wide", "picture", 512, 3)),
    ],
    [
      "a net that enlarges in the middle",
      /takes 1\d\d MiB/,
      () =>
        netOfNodes(
          ...conv("photograph", "deep", 3, 192, { stride: 2 }),
          node("DepthToSpace", ["deep"], "large", { blocksize: 8n, mode: "CRD" }),
          ...conv("large", "picture", 3, 3, { stride: 4 }),
        ),
    ],
    [
      "a net with Resize",
      /no operator "Resize"/,
      () =>
        netOfNodes(
          node("Resize", ["photograph", "", "by"], "picture"),
          floats("by", [4], Float32Array.of(1, 1, 99, 99)),
        ),
    ],
    [
      "a net with Upsample",
      /no operator "Upsample"/,
      () =>
        netOfNodes(node("Upsample", ["photograph", "by"], "picture"), floats("by", [4], Float32Array.of(1, 1, 99, 99))),
    ],
    [
      "a net that takes little memory and much time",
      /takes 4\.6 G multiply-adds for 512 × 512 pixels; the limit is 4\.0/,
      () =>
        netOfNodes(
          ...conv("photograph", "a0", 3, 64, { stride: 8 }),
          ...Array.from({ length: 30 }, (_, i) => conv(`a${i}`, `a${i + 1}`, 64, 64, { kernel: 3 })).flat(),
          ...conv("a30", "deep", 64, 192),
          node("DepthToSpace", ["deep"], "picture", { blocksize: 8n, mode: "CRD" }),
        ),
    ],
    [
      "a net that halves the picture",
      /must keep a picture's size/,
      () => netOfNodes(...conv("photograph", "picture", 3, 3, { stride: 2 })),
    ],
    [
      "a net that adds channels",
      /must keep a picture's size/,
      () => netOfNodes(...conv("photograph", "picture", 3, 4)),
    ],
    [
      "a net with a weight that is not a number",
      /"picture.kernel" has a number that is not finite/,
      () => netOfNodes(...conv("photograph", "picture", 3, 3, { value: Number.NaN })),
    ],
    [
      "a net with an infinite weight",
      /"picture.kernel" has a number that is not finite/,
      () => netOfNodes(...conv("photograph", "picture", 3, 3, { value: Number.NEGATIVE_INFINITY })),
    ],
    [
      "a net with a scale that is not a number",
      /not finite/,
      () => changed((m) => Object.assign(constant(m, "descent.scale"), { data: Float32Array.of(Number.NaN) })),
    ],
    [
      "a net with a scale that makes bytes infinite",
      /scale that is not a positive finite number/,
      () => changed((m) => Object.assign(constant(m, "descent.scale"), { data: Float32Array.of(3e38) })),
    ],
    [
      "a net with a scale of nothing",
      /scale that is not a positive finite number/,
      () => changed((m) => Object.assign(constant(m, "descent.scale"), { data: Float32Array.of(0) })),
    ],
    [
      "a net with zeros of another type",
      /zeros of another type/,
      () =>
        changed((m) => {
          m.graph.initializers.push({ name: "other", dims: [], data: Int8Array.of(0) });
          first(m, "DequantizeLinear").inputs[2] = "other";
        }),
    ],
    [
      "a net that runs in a circle",
      /reads "b", which nothing before it gives/,
      () => netOfNodes(node("Add", ["photograph", "b"], "a"), node("Relu", ["a"], "b"), node("Relu", ["b"], "picture")),
    ],
    [
      "a net that lacks an input",
      /reads "nothing"/,
      () => netOfNodes(node("Add", ["photograph", "nothing"], "picture")),
    ],
    ["a net that leaves an input out", /lacks an input/, () => netOfNodes(node("Add", ["photograph", ""], "picture"))],
    ["a net with too few inputs", /has 1 inputs/, () => netOfNodes(node("Add", ["photograph"], "picture"))],
    [
      "a net without a result",
      /Nothing in the net gives its output "picture"/,
      () => netOfNodes(node("Relu", ["photograph"], "a")),
    ],
    [
      "a net that gives a name twice",
      /Two values of the net have the name "picture"/,
      () => netOfNodes(node("Relu", ["photograph"], "picture"), node("Relu", ["photograph"], "picture")),
    ],
    [
      "a net whose result is bytes",
      /output "picture" of the net is not float/,
      () =>
        netOfNodes(
          node("QuantizeLinear", ["photograph", "scale", "zero"], "picture"),
          floats("scale", [], Float32Array.of(1 / 255)),
          { name: "zero", dims: [], data: Uint8Array.of(0) },
        ),
    ],
    [
      "a net whose shapes do not fit",
      /convolves 4 channels of 3/,
      () => netOfNodes(...conv("photograph", "picture", 4, 3)),
    ],
    [
      "a net that adds a number to a picture",
      /inputs of different shapes/,
      () => netOfNodes(node("Add", ["photograph", "one"], "picture"), floats("one", [], Float32Array.of(1))),
    ],
    [
      "a net whose constant says that it is larger than it is",
      /not as many numbers as its shape says/,
      () => changed((m) => Object.assign(constant(m, "entrance.bias.scale"), { dims: [2 ** 40] })),
    ],
    ["a net with groups", /attribute "group"/, set("Conv", "group", 2n)],
    ["a net with dilations", /attribute "dilations"/, set("Conv", "dilations", [9n, 9n])],
    ["a net with a stride of nothing", /strides in 1\.\.8/, set("Conv", "strides", [0n, 1n])],
    ["a net with negative borders", /pads in 0\.\.64/, set("Conv", "pads", [-9n, 0n, 0n, 0n])],
    ["a net that pads in a mode of its own", /mode constant or edge or reflect/, set("Pad", "mode", "wrap")],
  ])("%s", (_, expected, make) => expect(netTrouble(make())).toMatch(expected));
});

test("a file that was damaged anywhere is a style net or is none, and nothing is thrown", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(2_000),
      (damage, cut) => {
        const damaged = new Uint8Array(file.subarray(0, file.length - cut * Number(cut % 2 === 0)));
        for (const [at, byte] of damage) if (at < damaged.length) damaged[at] = byte;
        expect(["string", "undefined"]).toContain(typeof netTrouble(damaged));
      },
    ),
    { numRuns: 200 },
  );
});
