import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Model, Node } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { netTrouble } from "./net-file.ts";

const file = readFileSync("models/styles/udnie/net.onnx");

/** The net with something changed. */
function changed(change: (model: Model) => unknown): Uint8Array {
  const model = readOnnx(file);
  change(model);
  return writeOnnx(model);
}
const first = (model: Model, operator: string): Node => model.graph.nodes.find((node) => node.operator === operator)!;

test("a shipped net is one", () => expect(netTrouble(file)).toBeUndefined());

describe("none is", () => {
  test.each<[string, RegExp, () => Uint8Array]>([
    ["what is no ONNX file", /not an ONNX/, () => new TextEncoder().encode("net")],
    ["half a file", /not an ONNX/, () => file.subarray(0, file.length / 2)],
    [
      "a net with an operator that loops",
      /no operator Loop/,
      () => changed((m) => Object.assign(first(m, "Add"), { operator: "Loop" })),
    ],
    ["a net with other inputs", /one input photograph/, () => changed((m) => m.graph.inputs.push(m.graph.inputs[0]!))],
    ["a net of one channel", /one input photograph/, () => changed((m) => m.graph.inputs[0]!.dims.splice(1, 1, 1))],
    [
      "a net that pads without bound",
      /Pad/,
      () =>
        changed((m) => {
          const pads = m.graph.initializers.find(({ name }) => name === first(m, "Pad").inputs[1])!;
          pads.data = new BigInt64Array(8).fill(1n << 20n);
        }),
    ],
    [
      "a net that spreads without bound",
      /DepthToSpace/,
      () => changed((m) => first(m, "DepthToSpace").attributes.set("blocksize", 4096n)),
    ],
    [
      "a net that goes on and on",
      /at most 256 nodes/,
      () => changed((m) => m.graph.nodes.push(...Array.from({ length: 300 }, () => first(m, "Add")))),
    ],
  ])("%s", (_, expected, make) => expect(netTrouble(make())).toMatch(expected));
});
