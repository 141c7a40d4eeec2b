import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { findFaces } from "../cli/faces.ts";
import { readPicture, readRaster } from "../cli/pictures.ts";
import { setup } from "../cli/setup.ts";
import { ROOT } from "../cli/state.ts";
import { type ImportedNet, importNet } from "../container/engine/import.ts";
import { gatysWithTarget } from "../container/style/gatys.ts";
import { LAYERS, optimizeStage } from "../container/style/optimize-stage.ts";
import { openFeatures, openStatistics, tensorOf } from "../container/style/statistics.ts";
import { stylize } from "../container/style/stylize.ts";
import { clamped, transferColors } from "../imaging/color.ts";
import { faceMask } from "../imaging/face-mask.ts";
import { opponentOf } from "../imaging/opponent.ts";
import { type Painting, paletteOf, prepared, sideBySide } from "../imaging/paintings.ts";
import type { Picture } from "../imaging/picture.ts";
import { randomNumbers } from "../imaging/random.ts";
import { repaint } from "../imaging/repaint.ts";
import { resize, withLongerSide } from "../imaging/resize.ts";

new Command("node bench/recipes.ts")
  .description(
    "Prints the table of docs/styles.md. Compares methods, including ablations of painterly, by three measures of the finished " +
      "picture: the distance of its style from the painting, the distance of its content from the photograph, and the CPU time.",
  )
  .parse();

const SIDE = 192;
const PHOTOGRAPHS = ["people/neil-armstrong/1.jpg", "content/rocket.jpg"];
const PAINTINGS = [
  "starry-night",
  "great-wave",
  "the-scream",
  "shipwreck-minotaur",
  "udnie",
  "composition-vii",
  "woman-with-a-hat",
  "harbour-rising-sun",
];
/** 90 steps take about as long as `painterly`. */
const GATYS = { recipe: "gatys", steps: 90 } as const;

interface Scene {
  content: Picture;
  transferred: Picture;
  faces: { x: number; y: number; width: number; height: number }[];
  paintings: Painting[];
}

type Method = (net: ImportedNet, scene: Scene) => Promise<Picture>;

const halfSize = ({ width, height }: Picture) => ({
  width: Math.round(width / 16) * 8,
  height: Math.round(height / 16) * 8,
});

async function optimizedPicture(net: ImportedNet, scene: Scene, from: Picture, patchWeight: number): Promise<Picture> {
  const { width, height } = halfSize(scene.content);
  const request = {
    ...LAYERS,
    content: scene.content,
    faces: scene.faces,
    paintings: scene.paintings,
    recipe: "painterly",
    steps: 90,
    learningRate: 0.03,
    contentWeight: 0.14,
    start: "content",
  } as const;
  const course = {
    picture: resize(from, width, height),
    steps: { begin: 0, first: 0, last: 90 },
    statistics: "moments",
    patchWeight,
    smoothness: 0,
    random: randomNumbers(1),
  } as const;
  return (await optimizeStage(net, request, course, {})).picture;
}

function repainted(scene: Scene, stylized: Picture): Picture {
  const paintings = prepared(scene.paintings, Math.min(scene.content.width, scene.content.height));
  return repaint(stylized, {
    transferred: scene.transferred,
    painting: sideBySide(paintings),
    palette: paletteOf(paintings),
    faces: faceMask(scene.faces, scene.content),
    seed: 1,
  });
}

const METHODS: Readonly<Record<string, Method>> = {
  "color transfer alone": async (_, { transferred }) => transferred,
  "projection alone": async (_, scene) => repainted(scene, scene.transferred),
  "gatys as in the paper: own colours, from noise": async (net, { content, faces, paintings }) =>
    (await gatysWithTarget(content, net, { content, faces, paintings, ...GATYS, start: "noise" }, {})).picture,
  "gatys from noise": async (net, { content, faces, paintings }) =>
    (await stylize(net, { content, faces, paintings, ...GATYS, start: "noise" })).picture,
  gatys: async (net, { content, faces, paintings }) =>
    (await stylize(net, { content, faces, paintings, ...GATYS })).picture,
  "painterly without projection": async (net, scene) => optimizedPicture(net, scene, scene.transferred, 4),
  "painterly without the patch distribution": async (net, scene) =>
    repainted(scene, await optimizedPicture(net, scene, scene.transferred, 0)),
  "painterly without color transfer": async (net, scene) =>
    repainted({ ...scene, transferred: scene.content }, await optimizedPicture(net, scene, scene.content, 4)),
  painterly: async (net, { content, faces, paintings }) =>
    (await stylize(net, { content, faces, paintings, recipe: "painterly" })).picture,
};

/** ½(‖ΔΣ‖² / ‖Σ‖² + ‖Δμ‖² / ‖μ‖²) of mean and covariance, mean over the style layers, painting and picture at one scale. */
async function styleDistance(net: ImportedNet, picture: Picture, { picture: painting }: Painting): Promise<number> {
  const layers = Object.keys(LAYERS.styleLayers);
  const [own, wanted] = await Promise.all(
    [picture, painting].map(async (of) => {
      const reader = await openStatistics(net, of, layers, {});
      const statistics = await reader.read(of);
      await reader.release();
      return statistics;
    }),
  );
  const relative = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / b.reduce((sum, v) => sum + v * v, 0);
  const each = layers.map((layer) => {
    const [a, b] = [own![layer]!, wanted![layer]!];
    const covariance = ({ gram, mean, channels }: typeof a) =>
      gram.map((g, i) => g - mean[Math.floor(i / channels)]! * mean[i % channels]!);
    return 0.5 * (relative(covariance(a), covariance(b)) + relative(a.mean, b.mean));
  });
  return each.reduce((sum, v) => sum + v, 0) / each.length;
}

/** ‖Δa‖² / ‖a − ā‖² of the luma's features at mixed0. Colors do not count. */
async function contentDistance(net: ImportedNet, picture: Picture, content: Picture): Promise<number> {
  const session = await openFeatures(net, content, "mixed0", {});
  const [own, wanted] = [
    (await session.run({ x: tensorOf(normalizedLuma(picture)) })).features!,
    (await session.run({ x: tensorOf(normalizedLuma(content)) })).features!,
  ];
  await session.release();
  const positions = wanted.shape.slice(2).reduce((p, n) => p * n, 1);
  let difference = 0;
  let energy = 0;
  for (let start = 0; start < wanted.data.length; start += positions) {
    const channel = wanted.data.subarray(start, start + positions);
    const mean = channel.reduce((sum, v) => sum + v, 0) / positions;
    for (const [i, v] of channel.entries()) {
      energy += (v - mean) ** 2;
      difference += (own.data[start + i]! - v) ** 2;
    }
  }
  return difference / energy;
}

/** The luma in all three channels, with mean ½ and standard deviation ¼, so that brightness and contrast do not count as content. */
function normalizedLuma(picture: Picture): Picture {
  const luma = opponentOf(picture).data.subarray(0, picture.width * picture.height);
  const mean = luma.reduce((sum, v) => sum + v, 0) / luma.length;
  const deviation = Math.sqrt(luma.reduce((sum, v) => sum + (v - mean) ** 2, 0) / luma.length) || 1;
  const data = new Float32Array(3 * luma.length);
  for (let i = 0; i < data.length; i++) data[i] = 0.5 + (0.25 * (luma[i % luma.length]! - mean)) / deviation;
  return { ...picture, data };
}

await setup();
const net = importNet(await readFile(resolve(ROOT, "models/build/features.onnx")));
const sums = new Map(Object.keys(METHODS).map((way) => [way, { style: 0, content: 0, seconds: 0 }]));
const rows: string[] = [];
for (const name of PAINTINGS) {
  const picture = await readPicture(resolve(ROOT, "models/styles", name, "painting.jpg"));
  for (const file of PHOTOGRAPHS) {
    const raster = await readRaster(resolve(ROOT, "test/fixtures/photos", file));
    const content = withLongerSide(raster, SIDE);
    const paintings = [{ picture, weight: 1 }];
    const scaled = prepared(paintings, Math.min(content.width, content.height));
    const scene: Scene = {
      content,
      paintings,
      faces: await findFaces(raster, content.width),
      transferred: clamped(transferColors(content, paletteOf(scaled))),
    };
    const cells: string[] = [];
    for (const [way, paint] of Object.entries(METHODS)) {
      const start = process.cpuUsage();
      const painted = await paint(net, scene);
      const { user, system } = process.cpuUsage(start);
      const whole = resize(painted, content.width, content.height);
      const [style, kept] = [await styleDistance(net, whole, scaled[0]!), await contentDistance(net, whole, content)];
      const seconds = (user + system) / 1e6;
      const sum = sums.get(way)!;
      sum.style += style;
      sum.content += kept;
      sum.seconds += seconds;
      cells.push(`${style.toFixed(3)} · ${kept.toFixed(2)}`);
      process.stderr.write(
        `${name}, ${file}, ${way}: style ${style.toFixed(3)}, content ${kept.toFixed(2)}, ${seconds.toFixed(1)} s\n`,
      );
    }
    rows.push(`| ${name}, ${content.width}×${content.height} | ${cells.join(" | ")} |`);
  }
}
const count = PAINTINGS.length * PHOTOGRAPHS.length;
console.log("| method | style distance | content distance | CPU seconds |\n| --- | --- | --- | --- |");
for (const [way, { style, content, seconds }] of sums)
  console.log(
    `| ${way} | ${(style / count).toFixed(3)} | ${(content / count).toFixed(2)} | ${(seconds / count).toFixed(1)} |`,
  );
console.log(
  `\n| painting, picture | ${Object.keys(METHODS).join(" | ")} |\n| --- |${" --- |".repeat(Object.keys(METHODS).length)}`,
);
console.log(rows.join("\n"));
