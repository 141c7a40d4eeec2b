import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FEATURE_NETS } from "../feature-nets.ts";
import { convertKeras } from "./convert-keras.ts";
import { evaluateKeras } from "./evaluate-keras.ts";
import { exampleFaces } from "./example.ts";
import { compareFeatures, readFeatures } from "./features.ts";
import { BUILT, CACHE } from "./files.ts";
import { fetchFeatures } from "./import-model.ts";
import { readKeras } from "./keras.ts";
import { run } from "./run.ts";
import { writeOnnx } from "./write-onnx.ts";

test("a handmade net with every kind of layer matches its float64 evaluation", async () => {
  const net = readKeras(topology(), weights(), "joined");
  const model = convertKeras(net, { input: "x", outputs: ["joined"] });
  expect(model.graph.outputs[0]!.dims.slice(0, 2)).toEqual(["N", 5]);
  const [height, width] = [9, 12];
  const x = Float32Array.from({ length: height * width * 3 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 1.7));
  const [actual] = await run(writeOnnx(model), { shape: [1, 3, height, width], data: x });

  const planes = height * width;
  const interleaved = Float64Array.from(x, (_, i) => 2 * x[(i % 3) * planes + Math.floor(i / 3)]! - 1);
  const expected = evaluateKeras(net, { shape: [1, height, width, 3], data: interleaved }).get("joined")!;
  expect(expected.shape).toEqual([1, 4, 5, 5]);
  expect(actual!.shape).toEqual([1, 5, 4, 5]);
  for (const [i, value] of actual!.data.entries())
    expect(value).toBeCloseTo(expected.data[(i % 20) * 5 + Math.floor(i / 20)]!, 5);
});

test("a folded convolution equals the convolution, its normalization and the rectifier in sequence", async () => {
  const net = readKeras(topology(), weights(), "rectified");
  const x = Float32Array.from({ length: 75 }, (_, i) => ((i * 37) % 100) / 100);
  const [actual] = await run(writeOnnx(convertKeras(net, { input: "x", outputs: ["rectified"] })), {
    shape: [1, 3, 5, 5],
    data: x,
  });
  const of = (name: string) => net.weights.get(name)!.data;
  const [kernel, mean, variance, beta] = ["conv/kernel", "bn/moving_mean", "bn/moving_variance", "bn/beta"].map(of);
  for (const [row, column, channel] of [
    [0, 0, 0],
    [4, 4, 1],
    [2, 1, 1],
  ] as const) {
    let sum = of("conv/bias")[channel]!;
    for (let u = 0; u < 3; u++)
      for (let v = 0; v < 3; v++)
        for (let k = 0; k < 3; k++) {
          const [i, j] = [row + u - 1, column + v - 1];
          const inside = i >= 0 && i < 5 && j >= 0 && j < 5;
          if (inside) sum += (2 * x[k * 25 + i * 5 + j]! - 1) * kernel![((u * 3 + v) * 3 + k) * 2 + channel]!;
        }
    const normalized = (sum - mean![channel]!) / Math.sqrt(variance![channel]! + 0.001) + beta![channel]!;
    expect(actual!.data[channel * 25 + row * 5 + column]).toBeCloseTo(Math.max(0, normalized), 5);
  }
});

test("the built feature net matches the float64 evaluation of its source", async () => {
  for (const net of FEATURE_NETS) {
    const files = await fetchFeatures(net, { cache: CACHE });
    const built = await readFile(join(BUILT, net.file));
    // Ten times the measured float32 rounding.
    expect(await compareFeatures(net, files, built), net.id).toBeLessThan(7e-6);
    // One wrong weight is detected.
    const changed = readFeatures(net, files);
    changed.weights.get("conv2d_20/kernel")!.data.fill(0);
    const other = writeOnnx(convertKeras(changed, { input: net.input.name, outputs: net.outputs }));
    await expect(compareFeatures(net, files, other)).rejects.toThrow("mixed2");
  }
});

test("a feature net takes batches and pictures of any size", async () => {
  for (const { file, input } of FEATURE_NETS) {
    const built = await readFile(join(BUILT, file));
    for (const [height, width] of [
      [96, 128],
      [75, 75],
    ] as const) {
      const pictures = exampleFaces({ ...input, height, width }, 2);
      const together = await run(built, pictures);
      const [first] = await run(built, {
        shape: [1, 3, height, width],
        data: pictures.data.slice(0, 3 * height * width),
      });
      expect(together[0]!.data.slice(0, first!.data.length)).toEqual(first!.data);
    }
  }
});

test.each([
  ["an unsupported kind of layer", "dense", "The layer dense is a Dense"],
  ["an unsupported option", "dilated", "the layer dilated (Conv2D) is not supported"],
  ["a layer that does not exist", "nowhere", "no layer nowhere"],
])("%s is rejected by name", (_, until, message) => {
  expect(() => readKeras(topology(), weights(), until)).toThrow(new RegExp(message.replaceAll(/[()]/g, "\\$&"), "i"));
});

test("padding that depends on the picture's size, and a normalization without a convolution, are rejected", () => {
  expect(() => convert("strided")).toThrow("strided, same with strides of 2,2");
  expect(() => convert("lone")).toThrow("lone has no convolution of its own");
});

test("missing and extra weights are rejected", () => {
  expect(() => readKeras(topology(), weights().subarray(1), "conv")).toThrow("bytes of weights");
});

function convert(until: string) {
  return convertKeras(readKeras(topology(), weights(), until), { input: "x", outputs: [until] });
}

/** conv → bn → relu, then average pooling with both paddings, and a second row convolution without a bias; concatenated. */
function topology(): unknown {
  const window = { padding: "same", strides: [1, 1], data_format: "channels_last" };
  const convolution = { ...window, dilation_rate: [1, 1], activation: "linear", use_bias: true };
  const normalization = { axis: 3, epsilon: 0.001 };
  const layers = [
    layer("InputLayer", "picture", [], { batch_input_shape: [null, 299, 299, 3] }),
    layer("Conv2D", "conv", ["picture"], { ...convolution, kernel_size: [3, 3] }),
    layer("Conv2D", "dilated", ["picture"], { ...convolution, kernel_size: [3, 3], dilation_rate: [2, 2] }),
    layer("Conv2D", "strided", ["picture"], { ...convolution, kernel_size: [3, 3], strides: [2, 2] }),
    layer("BatchNormalization", "bn", ["conv"], normalization),
    layer("Activation", "rectified", ["bn"], { activation: "relu" }),
    layer("BatchNormalization", "lone", ["rectified"], normalization),
    layer("Dense", "dense", ["rectified"], {}),
    layer("MaxPooling2D", "down", ["rectified"], { ...window, padding: "valid", pool_size: [3, 3], strides: [2, 2] }),
    layer("AveragePooling2D", "even", ["down"], { ...window, pool_size: [3, 3] }),
    layer("Conv2D", "row", ["down"], { ...convolution, kernel_size: [1, 7], use_bias: false }),
    layer("Concatenate", "joined", ["even", "row", "down"], { axis: 3 }),
  ];
  const quantized = (name: string, shape: number[], scale: number, min: number) => ({
    name,
    shape,
    quantization: { dtype: "uint8", scale, min },
  });
  return {
    modelTopology: { model_config: { config: { layers } } },
    weightsManifest: [
      {
        weights: [
          quantized("bn/beta", [2], 0.004, -0.2),
          quantized("bn/moving_mean", [2], 0.01, -1),
          quantized("bn/moving_variance", [2], 0.02, 0.1),
          quantized("conv/kernel", [3, 3, 3, 2], 0.01, -1.3),
          quantized("conv/bias", [2], 0.01, -1.3),
          quantized("row/kernel", [1, 7, 2, 1], 0.01, -1.3),
          quantized("strided/kernel", [3, 3, 3, 2], 0.01, -1.3),
        ],
      },
    ],
  };
}

function layer(className: string, name: string, inputs: string[], config: Record<string, unknown>) {
  const calls = inputs.map((input) => [input, 0, 0, {}]);
  return { class_name: className, config: { ...config, name }, inbound_nodes: calls.length > 0 ? [calls] : [] };
}

function weights(): Uint8Array {
  return Uint8Array.from({ length: 2 * 3 + 54 + 2 + 14 + 54 }, (_, i) => (i * 101 + 7) % 256);
}
