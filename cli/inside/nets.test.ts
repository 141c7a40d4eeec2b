import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Manifest } from "../../container/style-net/manifest.ts";
import type { Picture } from "../../imaging/picture.ts";
import { sha256 } from "../../models/importer/files.ts";
import { FLOAT, node } from "../../models/importer/onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { loadNet } from "./nets.ts";

let folder: string;
const net = netOf(["N", 3, "H", "W"]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "semblance-nets-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a net of the catalog has the catalog's input format", async () => {
  expect(await loadNet("faceplugin-512")).toMatchObject({
    channels: "BGR",
    mean: 127.5,
    scale: 128,
    size: { width: 112, height: 112 },
    alignedFaces: true,
  });
  expect(await loadNet("inception-v3-mixed4")).toMatchObject({
    channels: "RGB",
    mean: 0,
    scale: 255,
    size: undefined,
  });
});

test("an ONNX file without a manifest takes RGB in [0, 1], without preprocessing", async () => {
  const file = join(folder, "alone.onnx");
  await writeFile(file, net);
  const { prepare, ...known } = await loadNet(file);
  expect(known).toMatchObject({ name: file, mean: 0, scale: 255, size: undefined, alignedFaces: false });
  expect(prepare).toBeUndefined();
});

test("a style net with a manifest gets pictures in its painting's colors", async () => {
  const file = join(folder, "net.onnx");
  await Promise.all([writeFile(file, net), writeFile(join(folder, "manifest.json"), JSON.stringify(manifest()))]);
  const { prepare } = await loadNet(file);
  const dark: Picture = { width: 8, height: 8, data: Float32Array.from({ length: 192 }, (_, i) => (i % 7) / 70) };
  const { data } = prepare!(dark);
  for (const [channel, mean] of [0.6, 0.5, 0.4].entries()) {
    const plane = data.subarray(64 * channel, 64 * (channel + 1));
    expect(plane.reduce((sum, value) => sum + value / 64, 0)).toBeCloseTo(mean, 2);
  }
});

test("a net that does not take exactly one picture is rejected", async () => {
  const file = join(folder, "sound.onnx");
  await writeFile(file, netOf(["N", 16_000]));
  await expect(loadNet(file)).rejects.toThrow("one picture [N, 3, height, width]");
  await writeFile(file, "no net");
  await expect(loadNet(file)).rejects.toThrow("the ONNX net cannot be read");
});

function netOf(dims: (number | string)[]): Uint8Array {
  const inputs = [{ name: "x", elementType: FLOAT, dims }];
  const graph = { name: "", nodes: [node("Relu", ["x"], "y")], initializers: [], inputs, outputs: [] };
  return writeOnnx({ irVersion: 7n, producerName: "", producerVersion: "", opset: 13n, graph });
}

function manifest(): Manifest {
  const hash = "0".repeat(64);
  const losses = { loss: 1, style: 1, content: 1, patches: 1 };
  return {
    format: "semblance style 1",
    name: "a painting",
    painting: { file: "painting.jpg", sha256: hash },
    net: { file: "net.onnx", sha256: sha256(net), bytes: net.length, multiple: 4 },
    traits: {
      colours: { mean: [0.6, 0.5, 0.4], covariance: [1e-3, 0, 0, 0, 1e-3, 0, 0, 0, 1e-3] },
      grain: 0,
      reach: 52,
    },
    training: {
      command: "",
      settings: {
        architecture: { half: 16, quarter: 32, blocks: 5 },
        weights: {},
        steps: 1,
        size: 160,
        batch: 1,
        learningRate: 1e-3,
        strokes: 0,
        grain: 0,
        seed: 1,
      },
      losses: { first: losses, last: losses },
      photographs: { count: 1, sha256: hash, heldOut: [] },
      lossNet: { id: "inception-v3-mixed4", sha256: hash },
    },
    psnr: { float: 60, quantized: 40 },
  };
}
