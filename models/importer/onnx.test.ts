import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { MODELS } from "../catalog.ts";
import { CACHE } from "./files.ts";
import { fetchSource } from "./import-model.ts";
import { floats, type Model, node } from "./onnx.ts";
import { readOnnx } from "./read-onnx.ts";
import { writeOnnx } from "./write-onnx.ts";

test("a model from another program is written back with the same bytes", async () => {
  for (const model of MODELS.filter(({ source }) => source.format === "onnx")) {
    const source = await fetchSource(model, { cache: CACHE });
    expect(Buffer.compare(writeOnnx(readOnnx(source)), source), model.id).toBe(0);
  }
});

test("the built models are written back with the same bytes", async () => {
  for (const { file } of MODELS) {
    const built = await readFile(new URL(`../build/${file}`, import.meta.url));
    expect(Buffer.compare(writeOnnx(readOnnx(built)), built), file).toBe(0);
  }
});

test("every kind of attribute and tensor survives writing and reading", () => {
  const model: Model = {
    irVersion: 7n,
    producerName: "",
    producerVersion: "1",
    opset: 13n,
    graph: {
      name: "g",
      nodes: [
        node("Anything", ["x", ""], "y", {
          int: -1n,
          greatest: 2n ** 63n - 1n,
          float: Math.fround(0.1),
          string: "",
          ints: [],
          tensor: floats("", [], Float32Array.of(Number.NaN)),
        }),
      ],
      initializers: [
        { name: "uint8", dims: [2], data: Uint8Array.of(0, 255) },
        { name: "int8", dims: [2], data: Int8Array.of(-128, 127) },
        { name: "int32", dims: [1], data: Int32Array.of(-1) },
        { name: "int64", dims: [1, 1], data: BigInt64Array.of(-(2n ** 63n)) },
      ],
      inputs: [{ name: "x", elementType: 1, dims: ["N", 3] }],
      outputs: [{ name: "y", elementType: 1, dims: [] }],
    },
    metadata: new Map([["painting", "a hash"]]),
  };
  expect(readOnnx(writeOnnx(model))).toEqual(model);
});

test("an unsupported field is rejected by name, not dropped", () => {
  // ModelProto.model_version (5) = 1
  expect(() => readOnnx(Uint8Array.of((5 << 3) | 0, 1))).toThrow("ModelProto has field 5");
});
