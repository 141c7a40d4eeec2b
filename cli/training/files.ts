import { basename, extname, join, parse, relative, resolve } from "node:path";
import type { Manifest } from "../../container/style-net/manifest.ts";
import type { TrainingResult } from "../../container/style-net/training-result.ts";
import type { Picture } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { withLongerSide } from "../../imaging/resize.ts";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { writeAtomically } from "../output.ts";
import { encoded, writePicture } from "../pictures.ts";
import { ROOT } from "../state.ts";
import type { TrainingOptions } from "./options.ts";
import { makeFolder } from "./resume.ts";

/** Longer side of the painting's thumbnail, in pixels. */
const THUMBNAIL_SIDE = 192;

/** Writes previews/<step>-<photograph>.jpg. */
export async function writePreview(out: string, step: number, photograph: string, picture: Picture): Promise<void> {
  const folder = join(out, "previews");
  await makeFolder(folder);
  const name = parse(photograph.replaceAll(/[\\/]/g, "-")).name;
  await writePicture(join(folder, `${String(step).padStart(5, "0")}-${name}.jpg`), picture);
}

/** Writes the nets, the painting and the thumbnail, and last the manifest. */
export async function writeResult(
  out: string,
  { quantized, float, manifest: learned }: TrainingResult,
  { bytes, raster, sha256 }: { bytes: Uint8Array; raster: Raster; sha256: string },
  options: TrainingOptions,
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
      command: trainingCommand(options, learned.training.settings.steps),
      ...learned.training,
      lossNet: { id: FEATURE_NETS[0]!.id, sha256: FEATURE_NETS[0]!.sha256 },
    },
    psnr: learned.psnr,
  };
  await writeAtomically(join(out, "net-float32.onnx"), float);
  await writeAtomically(join(out, manifest.net.file), quantized);
  await writeAtomically(join(out, file), bytes);
  await writeAtomically(join(out, "thumbnail.jpg"), await encoded(withLongerSide(raster, THUMBNAIL_SIDE), "jpeg"));
  await writeAtomically(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** A path relative to the repository, or only the file name if the file is outside. */
function portablePath(path: string): string {
  const inside = relative(ROOT, resolve(path));
  return inside.startsWith("..") ? basename(path) : inside.replaceAll("\\", "/");
}

/** The command that trains the same net again. */
function trainingCommand(options: TrainingOptions, steps: number): string {
  const { size, batch, strokes, grain, learningRate, seed, contentWeight, toneWeight, patchWeight, holdOut } = options;
  const flags = Object.entries({
    style: portablePath(options.style),
    photos: portablePath(options.photos),
    steps,
    ...{ size, batch, strokes, grain },
    "content-weight": contentWeight,
    "tone-weight": toneWeight,
    "patch-weight": patchWeight,
    "learning-rate": learningRate,
    seed,
    "hold-out": holdOut.length > 0 ? holdOut.join(" ") : undefined,
    name: options.name,
    out: portablePath(options.out),
  });
  return [
    "npm run train-style --",
    ...flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`])),
  ].join(" ");
}
