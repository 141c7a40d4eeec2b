import { beforeAll, expect, test } from "vitest";
import { crop } from "../../imaging/border.ts";
import { colourStatistics } from "../../imaging/colour.ts";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { build } from "../engine/build.ts";
import { convolution } from "../engine/convolution.ts";
import { upsample } from "../engine/reduction.ts";
import { open } from "../engine/run.ts";
import { reflect } from "../engine/shape.ts";
import { input } from "../engine/value.ts";
import { ARCHITECTURE, allLayers, type Layer, reach } from "./architecture.ts";
import { meanPsnr, paintAsExported, paintAsTrained, psnr } from "./evaluate.ts";
import { exportNet, trainedNet } from "./export.ts";
import { initialParameters, kernelOf, shapesOf } from "./kernels.ts";
import { calibrate, quantizeNet } from "./quantize.ts";
import { openPainter, prepare } from "./restyle.ts";
import { readQuantized } from "./twin.ts";

/** A picture with edges and slopes everywhere. */
function patterned(width: number, height: number, phase = 0): Picture {
  const data = Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, c] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    const wave = Math.sin(x / (5 + c) + phase) * Math.cos(y / (7 - c) - phase);
    return 0.45 + 0.3 * wave + (((x >> 4) + (y >> 5)) % 2) * 0.15;
  });
  return { width, height, data };
}

const parameters = initialParameters(ARCHITECTURE, randomNumbers(3));
const pictures = [patterned(96, 64), patterned(64, 128, 1)];
let float: Uint8Array;
let quantized: Uint8Array;

beforeAll(async () => {
  const net = await trainedNet(ARCHITECTURE, parameters);
  float = writeOnnx(exportNet(net));
  quantized = writeOnnx(quantizeNet(net, await calibrate(net, pictures)));
});

test("the exported net paints what the trained graph paints, at any size", async () => {
  const trained = await paintAsTrained(ARCHITECTURE, parameters, pictures);
  expect(meanPsnr(trained, await paintAsExported(float, pictures))).toBeGreaterThan(60);
});

test("the net on bytes paints nearly the same, and is small", async () => {
  const exact = await paintAsExported(float, pictures);
  expect(meanPsnr(exact, await paintAsExported(quantized, pictures))).toBeGreaterThan(30);
  expect(quantized.length).toBeLessThan(150_000);
});

test("the float twin of a net on bytes is read back from its file", async () => {
  const twin = writeOnnx(exportNet(readQuantized(quantized, ARCHITECTURE)));
  const exact = await paintAsExported(float, pictures);
  expect(meanPsnr(exact, await paintAsExported(twin, pictures))).toBeGreaterThan(35);
});

test("every convolution of the net on bytes stands between bytes, so that a runtime can take it for an integer one", () => {
  const { nodes } = readOnnx(quantized).graph;
  const producer = (name: string) => nodes.find(({ outputs }) => outputs.includes(name))?.operator;
  const convolutions = nodes.filter(({ operator }) => operator === "Conv");
  expect(convolutions).toHaveLength(allLayers(ARCHITECTURE).length);
  for (const { inputs, outputs } of convolutions) {
    expect(inputs.map(producer)).toEqual(["DequantizeLinear", "DequantizeLinear", "DequantizeLinear"]);
    const readers = nodes.filter((node) => node.inputs.includes(outputs[0]!)).map(({ operator }) => operator);
    expect(readers).toEqual(["QuantizeLinear"]);
  }
});

test.each(["float32", "bytes"])("a tile, beyond the net's reach from its edge, is as the whole: %s", async (type) => {
  const net = type === "bytes" ? quantized : float;
  const margin = reach(ARCHITECTURE);
  const [whole, part] = [patterned(320, 256), { x: 64, y: 32, width: 192, height: 160 }];
  const tile = crop(whole, part.x, part.y, part.width, part.height);
  const [ofWhole, ofTile] = await Promise.all([whole, tile].map(async (p) => (await paintAsExported(net, [p]))[0]!));
  const own = { width: part.width - 2 * margin, height: part.height - 2 * margin };
  const expected = crop({ ...whole, data: ofWhole! }, part.x + margin, part.y + margin, own.width, own.height);
  const found = crop({ ...tile, data: ofTile! }, margin, margin, own.width, own.height);
  const worst = found.data.reduce((most, v, i) => Math.max(most, Math.abs(v - expected.data[i]!)), 0);
  expect(worst).toBeLessThan(type === "bytes" ? 1e-6 : 1e-5);
});

test("a picture of any size, down to one pixel, comes back in its size and in [0, 1]", async () => {
  const painter = await openPainter(quantized, { colours: colourStatistics(pictures[0]!), grain: 0.05, reach: 52 });
  for (const [width, height] of [
    [1, 1],
    [3, 70],
    [65, 33],
  ] as const) {
    const painted = await painter.paint(patterned(width, height));
    expect(painted).toMatchObject({ width, height });
    expect(painted.data).toHaveLength(3 * width * height);
    expect(painted.data.every((v) => v >= 0 && v <= 1)).toBe(true);
  }
  await painter.release();
});

test("a picture larger than a tile has no seam", async () => {
  const traits = { colours: colourStatistics(pictures[0]!), grain: 0.05, reach: reach(ARCHITECTURE) };
  const large = patterned(700, 520);
  const painter = await openPainter(float, traits);
  const inTiles = await painter.paint(large);
  await painter.release();
  const [atOnce] = await paintAsExported(float, [prepare(large, traits)]);
  expect(psnr(atOnce!, inTiles.data)).toBeGreaterThan(80);
});

test.each([3, 5] as const)(
  "a %i×%i kernel folded into phases is the kernel over the enlarged picture",
  async (size) => {
    const layer: Layer = {
      name: "up",
      inputs: 2,
      outputs: 3,
      size,
      stride: 1,
      enlarges: true,
      halvesChroma: false,
      rectified: false,
    };
    const shapes = shapesOf(layer);
    const values = { weight: input("w", shapes.weight), gain: input("g", shapes.gain), bias: input("b", shapes.bias) };
    const folded = kernelOf(layer, values);
    const direct = kernelOf({ ...layer, enlarges: false }, values);
    const x = input("x", [1, 2, 5, 6]);
    const border = (n: number) => [2, 3].map((axis) => ({ axis, before: n, after: n }));
    const session = await open(
      build({
        folded: convolution(reflect(x, border(1)), folded.kernel, { bias: folded.bias }),
        direct: convolution(upsample(reflect(x, border(1)), 2), direct.kernel, { bias: direct.bias }),
      }),
    );
    const random = randomNumbers(size);
    const fed = (shape: readonly number[]) => ({
      shape,
      data: Float32Array.from({ length: shape.reduce((p, n) => p * n, 1) }, () => random() - 0.5),
    });
    const found = await session.run({
      x: fed(x.shape),
      w: fed(shapes.weight),
      g: fed(shapes.gain),
      b: fed(shapes.bias),
    });
    await session.release();
    const [phases, plain] = [found.folded!, found.direct!];
    // The enlarged picture's own border is two pixels wide, of which the kernel eats its radius.
    const skip = 2 - (size - 1) / 2;
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < 10; y++)
        for (let x = 0; x < 12; x++) {
          const phase = 4 * c + 2 * (y % 2) + (x % 2);
          const here = phases.data[(phase * 5 + (y >> 1)) * 6 + (x >> 1)]!;
          const there = plain.data[(c * plain.shape[2]! + y + skip) * plain.shape[3]! + x + skip]!;
          expect(here).toBeCloseTo(there, 5);
        }
  },
);
