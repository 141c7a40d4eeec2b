import { basename, extname, join, parse, relative, resolve } from "node:path";
import type { Manifest } from "../../container/style-net/manifest.ts";
import type { TrainingResult } from "../../container/style-net/training-result.ts";
import { withLongerSide } from "../../imaging/longer-side.ts";
import type { Picture } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { writeWhole } from "../output.ts";
import { encoded, writePicture } from "../pictures.ts";
import { ROOT } from "../state.ts";
import { makeFolder } from "./earlier.ts";
import type { Options } from "./options.ts";

/** Longer side of the painting's small picture. */
const THUMBNAIL = 192;

/** previews/<step>-<photograph>.jpg */
export async function writePreview(out: string, step: number, photograph: string, picture: Picture): Promise<void> {
  const folder = join(out, "previews");
  await makeFolder(folder);
  const name = parse(photograph.replaceAll(/[\\/]/g, "-")).name;
  await writePicture(join(folder, `${String(step).padStart(5, "0")}-${name}.jpg`), picture);
}

/** Writes the nets, the painting beside them, and last the manifest of them. */
export async function writeResult(
  out: string,
  { quantized, float, manifest: learned }: TrainingResult,
  { bytes, raster, sha256 }: { bytes: Uint8Array; raster: Raster; sha256: string },
  options: Options,
): Promise<Manifest> {
  const file = `painting${extname(options.style).toLowerCase()}`;
  const manifest: Manifest = {
    format: "semblance style 1",
    name: options.name ?? parse(options.style).name,
    painting: {
      file,
      sha256,
      ...(options.title !== undefined && { title: options.title }),
      ...(options.author !== undefined && { author: options.author }),
      ...(options.license !== undefined && { license: options.license }),
    },
    net: { file: "net.onnx", ...learned.net },
    traits: learned.traits,
    training: {
      command: commandOf(options, learned.training.settings.steps),
      ...learned.training,
      lossNet: { id: FEATURE_NETS[0]!.id, sha256: FEATURE_NETS[0]!.sha256 },
    },
    psnr: learned.psnr,
  };
  await writeWhole(join(out, "net-float32.onnx"), float);
  await writeWhole(join(out, manifest.net.file), quantized);
  await writeWhole(join(out, file), bytes);
  await writeWhole(join(out, "thumbnail.jpg"), await encoded(withLongerSide(raster, THUMBNAIL), "jpeg"));
  await writeWhole(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** A path as whoever has this repository knows it; of what lies elsewhere only the name is of use. */
function pathOf(path: string): string {
  const inside = relative(ROOT, resolve(path));
  return inside.startsWith("..") ? basename(path) : inside.replaceAll("\\", "/");
}

/** What trains the same net again. */
function commandOf(options: Options, steps: number): string {
  const { size, batch, strokes, grain, learningRate, seed, contentWeight, toneWeight, patchWeight, holdOut } = options;
  const given = Object.entries({
    style: pathOf(options.style),
    photos: pathOf(options.photos),
    steps,
    ...{ size, batch, strokes, grain },
    "content-weight": contentWeight,
    "tone-weight": toneWeight,
    "patch-weight": patchWeight,
    "learning-rate": learningRate,
    seed,
    "hold-out": holdOut.length > 0 ? holdOut.join(" ") : undefined,
    name: options.name,
    out: pathOf(options.out),
  });
  return [
    "npm run train-style --",
    ...given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`])),
  ].join(" ");
}
