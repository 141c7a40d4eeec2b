import { expect, test } from "vitest";
import { floats, type Model, node } from "../../models/importer/onnx.ts";
import { modelOf } from "../../models/importer/testing/model.ts";
import { openLayerRunner, UnknownLayerError } from "./layer-runner.ts";

test("of a layer in bytes the numbers are given that they stand for, also where they were moved", async () => {
  const picture = { shape: [1, 1, 2, 2], data: Float32Array.of(0, 0.25, 0.5, 1) };
  for (const layer of ["bytes", "folded"]) {
    const runner = await openLayerRunner(inBytes(), layer);
    const { shape, data } = await runner.run(picture);
    expect(shape).toEqual(layer === "bytes" ? [1, 1, 2, 2] : [1, 4, 1, 1]);
    expect([...data]).toEqual([0, 0.25, 0.5, 0.75]);
    await runner.release();
  }
});

test("a layer that there is not is told with those that there are", async () => {
  const opening = openLayerRunner(inBytes(), "conv5_1");
  await expect(opening).rejects.toThrow(UnknownLayerError);
  await expect(opening).rejects.toThrow("no layer conv5_1. Its layers are bytes, folded.");
});

test("what a layer does not need is not run", async () => {
  const model = inBytes();
  model.graph.nodes.push(node("GridSample", ["bytes"], "strange"));
  const runner = await openLayerRunner(model, "bytes");
  await expect(runner.run({ shape: [1, 1, 2, 2], data: new Float32Array(4) })).resolves.toBeDefined();
  await runner.release();
});

/** Bytes in steps of a quarter that end at three of them. */
function inBytes(): Model {
  return modelOf({
    nodes: [
      node("QuantizeLinear", ["x", "scale", "zero"], "bytes"),
      node("SpaceToDepth", ["bytes"], "folded", { blocksize: 2n }),
    ],
    initializers: [floats("scale", [], Float32Array.of(0.25)), { name: "zero", dims: [], data: Uint8Array.of(252) }],
    shape: ["N", 1, "H", "W"],
  });
}
