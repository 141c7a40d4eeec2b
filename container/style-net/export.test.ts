import { beforeAll, expect, test } from "vitest";
import { crop } from "../../imaging/border.ts";
import { colorStatistics } from "../../imaging/color.ts";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { build } from "../engine/build.ts";
import { convolution } from "../engine/convolution.ts";
import { openSession } from "../engine/run.ts";
import { input, sizeOf } from "../engine/value.ts";
import { ARCHITECTURE, allLayers, type Layer, reach } from "./architecture.ts";
import { meanPsnr, paintAsExported, paintAsTrained, psnr } from "./evaluate.ts";
import { exportNet, trainedNet } from "./export.ts";
import { initialParameters, kernelOf, shapesOf } from "./kernels.ts";
import { calibrate, quantizeNet } from "./quantize.ts";
import { readQuantized } from "./read-quantized.ts";
import { openPainter, prepare } from "./restyle.ts";

/** A picture with edges and gradients everywhere. */
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

test("the exported net paints the same as the training graph, at any size", async () => {
  const trained = await paintAsTrained(ARCHITECTURE, parameters, pictures);
  expect(meanPsnr(trained, await paintAsExported(float, pictures))).toBeGreaterThan(60);
});

test("the quantized net paints nearly the same and is small", async () => {
  const exact = await paintAsExported(float, pictures);
  expect(meanPsnr(exact, await paintAsExported(quantized, pictures))).toBeGreaterThan(30);
  expect(quantized.length).toBeLessThan(150_000);
});

test("a float32 net can be read back from a quantized file", async () => {
  const restored = writeOnnx(exportNet(readQuantized(quantized, ARCHITECTURE)));
  const exact = await paintAsExported(float, pictures);
  expect(meanPsnr(exact, await paintAsExported(restored, pictures))).toBeGreaterThan(35);
});

test("every convolution of the quantized net has quantized inputs and outputs, so that a runtime can use integer kernels", () => {
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

test.each(["float32", "bytes"])(
  "a tile has the same pixels as the whole picture, except within the reach of its edge: %s",
  async (type) => {
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
  },
);

test("a picture of any size, down to one pixel, keeps its size and stays in [0, 1]", async () => {
  const painter = await openPainter(quantized, { colours: colorStatistics(pictures[0]!), grain: 0.05, reach: 52 });
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
  const traits = { colours: colorStatistics(pictures[0]!), grain: 0.05, reach: reach(ARCHITECTURE) };
  const large = patterned(700, 520);
  const painter = await openPainter(float, traits);
  const inTiles = await painter.paint(large);
  await painter.release();
  const [atOnce] = await paintAsExported(float, [prepare(large, traits)]);
  expect(psnr(atOnce!, inTiles.data)).toBeGreaterThan(80);
});

test("a kernel folded into phases equals the kernel applied to the bilinear enlargement", async () => {
  const layer: Layer = {
    name: "up",
    inputs: 2,
    outputs: 3,
    stride: 1,
    enlarges: true,
    halvesChroma: false,
    rectified: false,
  };
  const shapes = shapesOf(layer);
  const values = { weight: input("w", shapes.weight), gain: input("g", shapes.gain), bias: input("b", shapes.bias) };
  const [height, width] = [5, 6];
  const x = input("x", [1, 2, height, width]);
  const enlarged = input("enlarged", [1, 2, 2 * height, 2 * width]);
  const folded = kernelOf(layer, values);
  const direct = kernelOf({ ...layer, enlarges: false }, values);
  const session = await openSession(
    build({
      folded: convolution(x, folded.kernel, { bias: folded.bias }),
      direct: convolution(enlarged, direct.kernel, { bias: direct.bias }),
    }),
  );
  const random = randomNumbers(3);
  const fed = (shape: readonly number[]) => ({
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => random() - 0.5),
  });
  const small = fed(x.shape);
  const found = await session.run({
    x: small,
    enlarged: { shape: enlarged.shape, data: twice(small.data, 2, height, width) },
    w: fed(shapes.weight),
    g: fed(shapes.gain),
    b: fed(shapes.bias),
  });
  await session.release();
  const [phases, plain] = [found.folded!, found.direct!];
  const [, , rows, columns] = phases.shape as [number, number, number, number];
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 2 * rows; y++)
      for (let x = 0; x < 2 * columns; x++) {
        const phase = 4 * c + 2 * (y % 2) + (x % 2);
        const here = phases.data[(phase * rows + (y >> 1)) * columns + (x >> 1)]!;
        // Neither has padding: the small picture loses two pixels of the large one on each side, the large one loses
        // one.
        const there = plain.data[(c * plain.shape[2]! + y + 1) * plain.shape[3]! + x + 1]!;
        expect(here).toBeCloseTo(there, 5);
      }
});

/** Textbook bilinear enlargement of [planes, height, width]: each pixel is interpolated between the four nearest. */
function twice(data: Float32Array, planes: number, height: number, width: number): Float32Array {
  const large = new Float32Array(planes * 4 * height * width);
  const within = (i: number, size: number) => Math.min(size - 1, Math.max(0, i));
  for (let i = 0; i < large.length; i++) {
    const [column, row, plane] = [
      i % (2 * width),
      Math.floor(i / (2 * width)) % (2 * height),
      Math.floor(i / (4 * width * height)),
    ];
    const [y, x] = [(row + 0.5) / 2 - 0.5, (column + 0.5) / 2 - 0.5];
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const at = (v: number, u: number) => data[(plane * height + within(v, height)) * width + within(u, width)]!;
    const between = (a: number, b: number, t: number) => a + (b - a) * t;
    large[i] = between(
      between(at(top, left), at(top, left + 1), x - left),
      between(at(top + 1, left), at(top + 1, left + 1), x - left),
      y - top,
    );
  }
  return large;
}
