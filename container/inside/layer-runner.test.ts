import { expect, test } from "vitest";
import { floats, type Model, node } from "../../models/importer/onnx.ts";
import { modelOf } from "../../models/importer/testing/model.ts";
import { openLayerRunner, UnknownLayerError } from "./layer-runner.ts";

test("the values of a quantized layer are dequantized, also after operators that move them", async () => {
  const picture = { shape: [1, 1, 2, 2], data: Float32Array.of(0, 0.25, 0.5, 1) };
  for (const layer of ["bytes", "folded"]) {
    const runner = await openLayerRunner(inBytes(), layer);
    const { shape, data } = await runner.run(picture);
    expect(shape).toEqual(layer === "bytes" ? [1, 1, 2, 2] : [1, 4, 1, 1]);
    expect([...data]).toEqual([0, 0.25, 0.5, 0.75]);
    await runner.release();
  }
});

test("an unknown layer is rejected with the list of layers", async () => {
  const opening = openLayerRunner(inBytes(), "conv5_1");
  await expect(opening).rejects.toThrow(UnknownLayerError);
  await expect(opening).rejects.toThrow("no layer conv5_1. Its layers are bytes, folded.");
});

test("nodes that the layer does not need are not run", async () => {
  const model = inBytes();
  model.graph.nodes.push(node("GridSample", ["bytes"], "strange"));
  const runner = await openLayerRunner(model, "bytes");
  await expect(runner.run({ shape: [1, 1, 2, 2], data: new Float32Array(4) })).resolves.toBeDefined();
  await runner.release();
});

/** A net with bytes in steps of a quarter, clamped at 0.75. */
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
