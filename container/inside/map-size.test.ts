import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { BUILT } from "../../models/importer/files.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { openLayerRunner } from "./layer-runner.ts";
import { TooSmallError, throwIfTooSmall } from "./map-size.ts";

test("the smallest picture that passes is the smallest that the net can process", async () => {
  const model = readOnnx(await readFile(join(BUILT, FEATURE_NETS[0]!.file)));
  // Backwards: 1 ← 3 ← 7 ← 9 ← 19 ← 21 ← 43 pixels.
  expect(() => throwIfTooSmall(model.graph, { width: 256, height: 42 })).toThrow("would be empty");
  expect(() => throwIfTooSmall(model.graph, { width: 43, height: 43 })).not.toThrow();

  const runner = await openLayerRunner(model, "mixed4");
  const run = (side: number) => runner.run({ shape: [1, 3, side, side], data: new Float32Array(3 * side * side) });
  expect((await run(43)).shape).toEqual([1, 768, 1, 1]);
  await expect(run(40)).rejects.toThrow(TooSmallError);
  await runner.release();
});

test("a small picture can be used with an earlier layer", async () => {
  const model = readOnnx(await readFile(join(BUILT, FEATURE_NETS[0]!.file)));
  const runner = await openLayerRunner(model, "activation_1");
  const { shape } = await runner.run({ shape: [1, 3, 5, 9], data: new Float32Array(135) });
  expect(shape).toEqual([1, 32, 2, 4]);
  await runner.release();
});
