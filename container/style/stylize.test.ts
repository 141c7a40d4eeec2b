import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { findFaces } from "../../cli/faces.ts";
import { decoded, readPicture } from "../../cli/pictures.ts";
import { colorStatistics } from "../../imaging/color.ts";
import { type Picture, pictureOf, rasterOf } from "../../imaging/picture.ts";
import { resize } from "../../imaging/resize.ts";
import { importModels } from "../../models/import.ts";
import { SHIPPED_STYLES } from "../../models/styles.ts";
import { clippedShare, colorsIn, personOnWhite } from "../../test/support/white-ground.ts";
import { type ImportedNet, importNet } from "../engine/import.ts";
import { gatysWithTarget } from "./gatys.ts";
import { BORDER } from "./optimize.ts";
import { matchRanks } from "./patch-distribution.ts";
import { openPyramid } from "./pyramid.ts";
import type { StylizeRequest } from "./request.ts";
import { stylize } from "./stylize.ts";
import { SHIFTS, windowsOver } from "./windows.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const ROOT = resolve(import.meta.dirname, "../..");

let net: ImportedNet;
let photograph: Picture;
let painting: Picture;

beforeAll(async () => {
  await importModels({ log: () => {} });
  net = importNet(readFileSync(resolve(ROOT, "models/build/features.onnx")));
  photograph = resize(await readPicture(resolve(ROOT, "test/fixtures/photos/people/eileen-collins/1.png")), 96, 96);
  painting = await readPicture(resolve(ROOT, "models/styles/starry-night/painting.jpg"));
});

const request = (of: Partial<StylizeRequest> = {}): StylizeRequest => ({
  content: photograph,
  paintings: [{ picture: painting, weight: 1 }],
  recipe: "painterly",
  steps: 12,
  ...of,
});

describe("both recipes", () => {
  test.each(["painterly", "gatys"] as const)("%s lowers J and keeps the picture's size", async (recipe) => {
    const { picture, losses, provider } = await stylize(net, request({ recipe }));
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(losses.at(-1)!.loss).toBeLessThan(0.8 * losses[0]!.loss);
    expect([picture.width, picture.height, provider]).toEqual([96, 96, "cpu"]);
    expect(picture.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test("the same seed gives the same picture, and another seed gives another", async () => {
    const paint = async (seed: number) => (await stylize(net, request({ seed, steps: 3 }))).picture.data;
    const [first, again, other] = [await paint(1), await paint(1), await paint(2)];
    expect(Buffer.compare(Buffer.from(first.buffer), Buffer.from(again.buffer))).toBe(0);
    expect(first.some((value, i) => Math.abs(value - other[i]!) > 0.01)).toBe(true);
  });

  test.each(["painterly", "gatys"] as const)(
    "%s starts from the photograph in the painting's colors by default, or from noise on request",
    async (recipe) => {
      const first = async (start: "content" | "noise" | undefined) =>
        (await stylize(net, request({ recipe, steps: 2, ...(start && { start }) }))).losses[0]!;
      expect((await first("content")).content).toBeLessThan(0.01);
      expect((await first("noise")).content).toBeGreaterThan(0.5);
      expect(await first(undefined)).toEqual(await first("content"));
    },
  );

  test("gatys reaches a lower style and content loss because its content has the painting's colors", async () => {
    const settings = request({ recipe: "gatys", steps: 60 });
    const own = await gatysWithTarget(photograph, net, { ...settings, start: "noise" }, {});
    const transferred = await stylize(net, settings);
    expect(transferred.losses.at(-1)!.style).toBeLessThan(0.9 * own.losses.at(-1)!.style);
    expect(transferred.losses.at(-1)!.content).toBeLessThan(0.9 * own.losses.at(-1)!.content);
  });

  test.each(SHIPPED_STYLES.map(({ name }) => name))(
    "painterly in the style of %s: a person's face on white keeps light and color",
    async (name) => {
      const raster = await decoded("a person on white", await personOnWhite(0.29, 160));
      const faces = await findFaces(raster, raster.width);
      const picture = await readPicture(resolve(ROOT, "models/styles", name, "painting.jpg"));
      const paintings = [{ picture, weight: 1 }];
      const painted = await stylize(net, request({ content: pictureOf(raster), faces, paintings }));
      const colours = colorsIn(rasterOf(painted.picture), faces[0]!);
      expect(clippedShare(colours)).toBeLessThan(0.02);
      expect(mean(colours.flat())).toBeGreaterThan(0.5 * 255 * mean(colorStatistics(picture).mean));
    },
  );

  test("L-BFGS lowers the loss as well", async () => {
    const { losses } = await stylize(net, request({ recipe: "gatys", optimizer: "lbfgs", steps: 10 }));
    expect(losses.at(-1)!.loss).toBeLessThan(losses[0]!.loss);
  });

  test("an aborted run stops at the next step with the signal's reason", async () => {
    const abort = new AbortController();
    const steps: number[] = [];
    const onStep = ({ step }: { step: number }) => {
      steps.push(step);
      if (step === 2) abort.abort(new Error("enough"));
    };
    await expect(stylize(net, request(), { onStep, signal: abort.signal })).rejects.toThrow("enough");
    expect(steps).toEqual([1, 2]);
  });

  test("a resumed run continues with the next step", async () => {
    const { picture } = await stylize(net, request({ steps: 3 }));
    const { losses } = await stylize(net, request({ steps: 6, resume: { step: 3, picture } }));
    expect(losses.map(({ step }) => step)).toEqual([4, 5, 6]);
  });

  test("preserveColors keeps the photograph's chroma", async () => {
    const red = { ...photograph, data: photograph.data.map((_, i) => (i < 96 * 96 ? 0.8 : 0.2)) };
    const { picture } = await stylize(net, request({ content: red, steps: 3, preserveColors: true }));
    const mean = (channel: number) =>
      picture.data.subarray(channel * 9216, (channel + 1) * 9216).reduce((sum, v) => sum + v, 0) / 9216;
    expect(mean(0)).toBeGreaterThan(mean(1) + 0.3);
  });

  test("two paintings and a wide picture: the size is kept", async () => {
    const other = await readPicture(resolve(ROOT, "models/styles/great-wave/painting.jpg"));
    const paintings = [
      { picture: painting, weight: 2 },
      { picture: other, weight: 1 },
    ];
    const { picture } = await stylize(net, request({ content: resize(photograph, 144, 48), paintings, steps: 2 }));
    expect([picture.width, picture.height]).toEqual([144, 48]);
  });
});

describe("the parts", () => {
  test("a pyramid reconstructs its picture, and its gradient is its transpose", async () => {
    const small = resize(photograph, 37, 21);
    const pyramid = await openPyramid(37, 21, {});
    const z = pyramid.decompose(small);
    const back = await pyramid.reconstruct(z);
    expect(Math.max(...back.data.map((v, i) => Math.abs(v - small.data[i]!)))).toBeLessThan(1e-4);
    const dx = Float32Array.from(small.data, (_, i) => Math.sin(i));
    const dz = await pyramid.gradient(dx);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    expect(dot(dz, z)).toBeCloseTo(dot(dx, back.data), 2);
    await pyramid.release();
  });

  test.each([
    [100, 80],
    [544, 300],
    [1056, 1056],
  ])("windows cover a canvas of %i×%i inside its border at every shift and stay inside it", (width, height) => {
    const windows = windowsOver({ width, height });
    for (const shift of SHIFTS) {
      const seen = new Uint8Array(width * height);
      for (const { x, y } of windows.origins) {
        const [left, top] = [x + shift.x, y + shift.y];
        expect([left + windows.width <= width, top + windows.height <= height]).toEqual([true, true]);
        for (let row = top; row < top + windows.height; row++)
          seen.fill(1, row * width + left, row * width + left + windows.width);
      }
      for (let row = BORDER; row < height - BORDER; row++)
        expect(seen.subarray(row * width + BORDER, (row + 1) * width - BORDER).includes(0)).toBe(false);
    }
  });

  test("a response's target is the painting's value of the same rank", () => {
    const y = Float32Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) / 1000);
    const quantiles = Float32Array.from({ length: 256 }, (_, i) => 5 + i / 255);
    const slope = new Float32Array(1000);
    matchRanks(y, quantiles, 0.5, slope);
    // slope = 2·(y − t)·share, and t = 5 + rank here.
    for (const [i, v] of y.entries()) expect(v - slope[i]!).toBeCloseTo(5 + v, 1);
  });
});
