import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { DETECTOR, defaultEmbedder, EMBEDDERS, LANDMARKS, MODELS, modelById } from "./catalog.ts";
import { sha256 } from "./importer/files.ts";
import { FLOAT } from "./importer/onnx.ts";
import { readOnnx } from "./importer/read-onnx.ts";

test("ids and files are unique, and every model is found by its id", () => {
  expect(new Set(MODELS.map(({ id }) => id)).size).toBe(MODELS.length);
  expect(new Set(MODELS.map(({ file }) => file)).size).toBe(MODELS.length);
  for (const model of MODELS) expect(modelById(model.id)).toBe(model);
  expect(modelById("no-such-model")).toBeUndefined();
  expect([DETECTOR.role, LANDMARKS.role]).toEqual(["detector", "landmarks"]);
});

test("exactly one embedder is the default, and each has a dimension", () => {
  expect(EMBEDDERS.filter((model) => model.default)).toEqual([defaultEmbedder()]);
  for (const { dimension, outputs } of EMBEDDERS) expect(outputs.map(({ shape }) => shape)).toEqual([[dimension]]);
});

test("the built files have the catalog's inputs and outputs", async () => {
  for (const { file, sha256: hash, bytes, input, outputs } of MODELS) {
    const built = await readFile(new URL(`./build/${file}`, import.meta.url));
    expect(sha256(built), file).toBe(hash);
    expect(built.length, file).toBe(bytes);

    const { graph } = readOnnx(built);
    const { name, height, width } = input;
    expect(graph.inputs).toEqual([{ name, elementType: FLOAT, dims: ["N", 3, height, width] }]);
    expect(graph.outputs).toEqual(outputs.map((o) => ({ name: o.name, elementType: FLOAT, dims: ["N", ...o.shape] })));
  }
});
