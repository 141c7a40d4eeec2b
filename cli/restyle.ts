import { join, resolve } from "node:path";
import { Command } from "commander";
import { openPainter } from "../container/style-net/restyle.ts";
import { clamped, keepChroma, transferColors } from "../imaging/color.ts";
import { faceMask } from "../imaging/face-mask.ts";
import { paletteOf, prepared, sideBySide } from "../imaging/paintings.ts";
import { type Picture, pictureOf } from "../imaging/picture.ts";
import type { Raster } from "../imaging/raster.ts";
import { repaint } from "../imaging/repaint.ts";
import { withLongerSide } from "../imaging/resize.ts";
import { findFaces } from "./faces.ts";
import { integer, number } from "./numbers.ts";
import { assertWritable } from "./output.ts";
import { decoded, formatOf, readBytes, readRaster, writePicture } from "./pictures.ts";
import { setup } from "./setup.ts";
import { readStyle } from "./style-nets.ts";
import { UserError } from "./user-error.ts";

interface Options {
  net: string;
  content: string;
  out: string;
  size: number;
  strength: number;
  preserveColors?: true;
  project?: true | string[];
  faces: boolean;
  seed: number;
  json?: true;
}

const program = new Command("npm run restyle --")
  .description("Paints a photograph in one pass, with a style net from train-style.")
  .requiredOption(
    "--net <name or file>",
    "style in models/styles, or a net.onnx file with its manifest.json in the same folder",
  )
  .requiredOption("--content <file>", "photograph (JPEG, PNG or WebP)")
  .requiredOption("--out <file>", "picture to write (.png, .jpg or .webp)")
  .option("--size <pixels>", "longer side of the picture", integer(8, 16_384), 768)
  .option("--strength <share>", "share of the painted picture, 0 to 1; the rest is the photograph", number(0, 1), 1)
  .option("--preserve-colors", "keep the photograph's colors")
  .option("--project [paintings...]", "repaint with patches of these paintings (default: the net's own painting)")
  .option("--no-faces", "with --project, do not detect faces (default: faces stay recognizable)")
  .option("--seed <n>", "random seed of --project", integer(0, 2 ** 32 - 1), 1)
  .option("--json", "print the result as one JSON document on stdout")
  .addHelpText(
    "after",
    `
Examples:
  npm run restyle -- --net starry-night --content portrait.jpg --out painted.png
  npm run restyle -- --net my-style/net.onnx --content city.jpg --size 2048 --project --out city.webp`,
  );

/** Minimum side of a picture for patch matching, in pixels. */
const MIN_SIDE_TO_PROJECT = 16;

try {
  await restyle(program.parse().opts<Options>());
} catch (error) {
  if (error instanceof UserError) program.error(`error: ${error.message}`);
  throw error;
}

async function restyle(options: Options): Promise<void> {
  await formatOf(options.out);
  await assertWritable(options.out);
  const { folder, net, manifest } = await readStyle(options.net);
  const photograph = await readRaster(options.content);
  const content = withLongerSide(photograph, options.size);
  if (options.project && Math.min(content.width, content.height) < MIN_SIDE_TO_PROJECT)
    throw new UserError(
      `${options.content}: at this size it is ${content.width}×${content.height}, which is too narrow for --project. Use a larger --size.`,
    );

  const painter = await openPainter(net, manifest.traits).catch((error: Error) => {
    throw new UserError(`${options.net}: the net cannot be run. ${error.message}`, { cause: error });
  });
  const start = performance.now();
  const painted = await painter.paint(content);
  const millis = performance.now() - start;
  await painter.release();

  const paintings = typeof options.project === "object" ? options.project : [join(folder, manifest.painting.file)];
  const projected = options.project ? await project(painted, content, photograph, paintings, options) : painted;
  const colored = options.preserveColors ? keepChroma(content, projected) : projected;
  const picture = mixed(content, colored, options.strength);
  await writePicture(options.out, picture);

  const { width, height } = picture;
  const summary = { out: resolve(options.out), width, height, style: manifest.name, netMillis: Math.round(millis) };
  console.log(
    options.json
      ? JSON.stringify({ ...summary, seconds: process.uptime() })
      : `${options.out}: ${width}×${height} in the style of ${manifest.name}, ${summary.netMillis} ms in the net`,
  );
}

async function project(
  painted: Picture,
  content: Picture,
  photograph: Raster,
  files: readonly string[],
  { faces, seed }: Options,
): Promise<Picture> {
  const read = async (path: string) => ({ picture: pictureOf(await decoded(path, await readBytes(path))), weight: 1 });
  const paintings = prepared(await Promise.all(files.map(read)), Math.min(content.width, content.height));
  const palette = paletteOf(paintings);
  if (faces) await setup();
  return repaint(painted, {
    transferred: clamped(transferColors(content, palette)),
    painting: sideBySide(paintings),
    palette,
    faces: faceMask(faces ? await findFaces(photograph, content.width) : [], content),
    seed,
  });
}

/** (1 − share)·a + share·b. */
function mixed(a: Picture, b: Picture, share: number): Picture {
  if (share === 1) return b;
  return { ...b, data: b.data.map((value, i) => a.data[i]! + share * (value - a.data[i]!)) };
}
