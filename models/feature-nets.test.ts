import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { MODELS } from "./catalog.ts";
import { FEATURE_NETS } from "./feature-nets.ts";
import { sha256 } from "./importer/files.ts";
import { FLOAT } from "./importer/onnx.ts";
import { readOnnx } from "./importer/read-onnx.ts";

test("ids and files are unique, also among the models", () => {
  const all = [...MODELS, ...FEATURE_NETS];
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(new Set(all.map(({ file }) => file)).size).toBe(all.length);
});

test("the built files take pictures of any size and return the named layers", async () => {
  for (const { file, sha256: hash, bytes, input, outputs } of FEATURE_NETS) {
    const built = await readFile(new URL(`./build/${file}`, import.meta.url));
    expect(sha256(built), file).toBe(hash);
    expect(built.length, file).toBe(bytes);

    const { graph } = readOnnx(built);
    expect(graph.inputs).toEqual([{ name: input.name, elementType: FLOAT, dims: ["N", 3, "H", "W"] }]);
    expect(graph.outputs.map(({ name }) => name)).toEqual(outputs);
  }
});
