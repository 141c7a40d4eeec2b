import { join, resolve } from "node:path";
import { Command } from "commander";
import { openPainter } from "../container/style-net/restyle.ts";
import { clamped, keepChroma, transferColours } from "../imaging/colour.ts";
import { faceMask } from "../imaging/face-mask.ts";
import { withLongerSide } from "../imaging/longer-side.ts";
import { paletteOf, prepared, sideBySide } from "../imaging/paintings.ts";
import { type Picture, pictureOf } from "../imaging/picture.ts";
import type { Raster } from "../imaging/raster.ts";
import { repaint } from "../imaging/repaint.ts";
import { facesIn } from "./faces.ts";
import { number, whole } from "./numbers.ts";
import { refuseUnwritable } from "./output.ts";
import { decoded, formatOf, readRaster, readWhole, writePicture } from "./pictures.ts";
import { Refusal } from "./refusal.ts";
import { setup } from "./setup.ts";
import { readStyle } from "./style-nets.ts";

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
  .description("Paints a photograph with a net that train-style trained, in one pass.")
  .requiredOption("--net <name or file>", "a style of models/styles, or a net.onnx with its manifest.json beside it")
  .requiredOption("--content <file>", "the photograph (JPEG, PNG or WebP)")
  .requiredOption("--out <file>", "the picture to write: .png, .jpg or .webp")
  .option("--size <pixels>", "the longer side of the picture", whole(8, 16_384), 768)
  .option("--strength <share>", "of the painting in the picture, 0 to 1; the rest is the photograph", number(0, 1), 1)
  .option("--preserve-colors", "keep the photograph's colours under the painting's strokes")
  .option("--project [paintings...]", "paint it again with patches of these paintings (none named: of the net's own)")
  .option("--no-faces", "with --project, do not look for faces; otherwise people stay people")
  .option("--seed <n>", "of the projection", whole(0, 2 ** 32 - 1), 1)
  .option("--json", "print one JSON document on stdout")
  .addHelpText(
    "after",
    `
Examples:
  npm run restyle -- --net starry-night --content portrait.jpg --out painted.png
  npm run restyle -- --net my-style/net.onnx --content city.jpg --size 2048 --project --out city.webp`,
  );

/** A smaller picture is too narrow to be matched patch by patch. */
const LEAST_TO_PROJECT = 16;

try {
  await restyle(program.parse().opts<Options>());
} catch (error) {
  if (error instanceof Refusal) program.error(`error: ${error.message}`);
  throw error;
}

async function restyle(options: Options): Promise<void> {
  await formatOf(options.out);
  await refuseUnwritable(options.out);
  const { folder, net, manifest } = await readStyle(options.net);
  const photograph = await readRaster(options.content);
  const content = withLongerSide(photograph, options.size);
  if (options.project && Math.min(content.width, content.height) < LEAST_TO_PROJECT)
    throw new Refusal(
      `${options.content}: at this size it is ${content.width}×${content.height}, which is too narrow for --project. Give a larger --size.`,
    );

  const painter = await openPainter(net, manifest.traits).catch((error: Error) => {
    throw new Refusal(`${options.net}: it is no net that can be run. ${error.message}`, { cause: error });
  });
  const start = performance.now();
  const painted = await painter.paint(content);
  const millis = performance.now() - start;
  await painter.release();

  const paintings = typeof options.project === "object" ? options.project : [join(folder, manifest.painting.file)];
  const projected = options.project ? await project(painted, content, photograph, paintings, options) : painted;
  const coloured = options.preserveColors ? keepChroma(content, projected) : projected;
  const picture = mixed(content, coloured, options.strength);
  await writePicture(options.out, picture);

  const { width, height } = picture;
  const told = { out: resolve(options.out), width, height, style: manifest.name, netMillis: Math.round(millis) };
  console.log(
    options.json
      ? JSON.stringify({ ...told, seconds: process.uptime() })
      : `${options.out}: ${width}×${height} in the manner of ${manifest.name}, ${told.netMillis} ms in the net`,
  );
}

async function project(
  painted: Picture,
  content: Picture,
  photograph: Raster,
  files: readonly string[],
  { faces, seed }: Options,
): Promise<Picture> {
  const read = async (path: string) => ({ picture: pictureOf(await decoded(path, await readWhole(path))), weight: 1 });
  const paintings = prepared(await Promise.all(files.map(read)), Math.min(content.width, content.height));
  const palette = paletteOf(paintings);
  if (faces) await setup();
  return repaint(painted, {
    transferred: clamped(transferColours(content, palette)),
    painting: sideBySide(paintings),
    palette,
    faces: faceMask(faces ? await facesIn(photograph, content.width) : [], content),
    seed,
  });
}

/** (1 − share)·a + share·b. */
function mixed(a: Picture, b: Picture, share: number): Picture {
  if (share === 1) return b;
  return { ...b, data: b.data.map((value, i) => a.data[i]! + share * (value - a.data[i]!)) };
}
