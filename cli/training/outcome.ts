import { basename, extname, join, parse, relative, resolve } from "node:path";
import { ARCHITECTURE, GRAIN, reach } from "../../container/style-net/architecture.ts";
import type { Checkpoint } from "../../container/style-net/checkpoint.ts";
import { meanPsnr, paintAsExported, paintAsTrained } from "../../container/style-net/evaluate.ts";
import { exportNet, trainedNet } from "../../container/style-net/export.ts";
import type { Manifest } from "../../container/style-net/manifest.ts";
import { calibrate, quantizeNet } from "../../container/style-net/quantize.ts";
import { openPainter, prepare } from "../../container/style-net/restyle.ts";
import type { Losses } from "../../container/style-net/trainer.ts";
import { colourStatistics } from "../../imaging/colour.ts";
import type { NetTraits } from "../../imaging/one-pass.ts";
import type { Picture } from "../../imaging/picture.ts";
import { resize } from "../../imaging/resize.ts";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { sha256 } from "../../models/importer/files.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { writeWhole } from "../output.ts";
import { encoded, writePicture } from "../pictures.ts";
import { ROOT } from "../state.ts";
import { makeFolder } from "./earlier.ts";
import type { Options } from "./options.ts";
import type { Photographs } from "./photographs.ts";

/** What a training has at hand when it has something to show. */
export interface Kept {
  readonly out: string;
  readonly options: Options;
  readonly painting: { readonly bytes: Uint8Array; readonly picture: Picture };
  readonly photographs: Photographs;
  /** Where it is now. */
  checkpoint(): Checkpoint;
}

/** Longer side of previews, and of the painting's small picture. */
const PREVIEW = 384;
const THUMBNAIL = 192;
/** Short side and number of the photographs on which ranges are measured and nets compared. */
const MEASURED = { side: 256, most: 12 };

/** Paints what was held out, as the net is now: previews/<step>-<photograph>.jpg. */
export async function writePreviews({ out, painting, photographs, checkpoint }: Kept): Promise<void> {
  const { state, settings } = checkpoint();
  const net = await trainedNet(settings.architecture, state.parameters);
  const painter = await openPainter(writeOnnx(exportNet(net)), traitsOf(painting.picture, settings.grain));
  await makeFolder(join(out, "previews"));
  for (const { name, picture } of photographs.heldOut) {
    const painted = await painter.paint(sized(picture, PREVIEW));
    const file = `${String(state.step).padStart(5, "0")}-${parse(name.replaceAll(/[\\/]/g, "-")).name}.jpg`;
    await writePicture(join(out, "previews", file), painted);
  }
  await painter.release();
}

/** Writes the nets, the painting beside them and the manifest, when the last step is taken. */
export async function writeResult(kept: Kept): Promise<Manifest> {
  const { out, options, painting, photographs } = kept;
  const { state, settings, losses, ...sources } = kept.checkpoint();
  const traits = traitsOf(painting.picture, settings.grain);
  const net = await trainedNet(settings.architecture, state.parameters);
  const float = writeOnnx(labelled(exportNet(net), sources.painting));
  const spread = photographs.training.filter((_, i, all) => i % Math.ceil(all.length / MEASURED.most) === 0);
  const ranges = await calibrate(
    net,
    spread.map((photograph) => smaller(photograph, traits)),
  );
  const quantized = writeOnnx(labelled(quantizeNet(net, ranges), sources.painting));

  const unseen =
    photographs.heldOut.length > 0 ? photographs.heldOut.map(({ picture }) => picture) : photographs.training;
  const shown = unseen.slice(0, MEASURED.most).map((photograph) => smaller(photograph, traits));
  const trained = await paintAsTrained(settings.architecture, state.parameters, shown);
  const file = `painting${extname(options.style).toLowerCase()}`;
  const manifest: Manifest = {
    format: "semblance style 1",
    name: options.name ?? parse(options.style).name,
    painting: {
      file,
      sha256: sources.painting,
      ...(options.title !== undefined && { title: options.title }),
      ...(options.author !== undefined && { author: options.author }),
      ...(options.license !== undefined && { license: options.license }),
    },
    net: { file: "net.onnx", sha256: sha256(quantized), bytes: quantized.length, multiple: GRAIN },
    traits: {
      colours: { mean: [...traits.colours.mean], covariance: [...traits.colours.covariance] },
      grain: traits.grain,
      reach: traits.reach,
    },
    training: {
      command: commandOf(options, settings.steps),
      settings: { ...settings, weights: { ...settings.weights } },
      losses: firstAndLast(losses),
      photographs: {
        count: photographs.training.length,
        sha256: sources.photographs,
        heldOut: photographs.heldOut.map(({ name }) => name),
      },
      lossNet: { id: FEATURE_NETS[0]!.id, sha256: FEATURE_NETS[0]!.sha256 },
    },
    psnr: {
      float: rounded(meanPsnr(trained, await paintAsExported(float, shown))),
      quantized: rounded(meanPsnr(trained, await paintAsExported(quantized, shown))),
    },
  };
  await writePreviews(kept);
  await writeWhole(join(out, "net-float32.onnx"), float);
  await writeWhole(join(out, "net.onnx"), quantized);
  await writeWhole(join(out, file), painting.bytes);
  await writeWhole(join(out, "thumbnail.jpg"), await encoded(sized(painting.picture, THUMBNAIL), "jpeg"));
  await writeWhole(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

const traitsOf = (painting: Picture, grain: number): NetTraits => ({
  colours: colourStatistics(painting),
  grain,
  reach: reach(ARCHITECTURE),
});

const labelled = <T extends object>(model: T, painting: string) => ({
  ...model,
  metadata: new Map([["painting", painting]]),
});

function sized(picture: Picture, longerSide: number): Picture {
  const k = longerSide / Math.max(picture.width, picture.height);
  return resize(picture, Math.max(1, Math.round(picture.width * k)), Math.max(1, Math.round(picture.height * k)));
}

/** A photograph as the net sees it, small, with sides that it can take. */
function smaller(photograph: Picture, traits: NetTraits): Picture {
  const k = MEASURED.side / Math.min(photograph.width, photograph.height);
  const [width, height] = [photograph.width, photograph.height].map((side) => GRAIN * Math.round((side * k) / GRAIN));
  return prepare(resize(photograph, width!, height!), traits);
}

/** Means over the first and the last tenth of the steps. */
function firstAndLast(losses: readonly Losses[]): Manifest["training"]["losses"] {
  const tenth = Math.max(1, Math.floor(losses.length / 10));
  const mean = (part: readonly Losses[], of: keyof Losses) =>
    Number((part.reduce((sum, one) => sum + one[of], 0) / part.length).toPrecision(5));
  const means = (part: readonly Losses[]) => ({
    loss: mean(part, "loss"),
    style: mean(part, "style"),
    content: mean(part, "content"),
    patches: mean(part, "patches"),
  });
  return { first: means(losses.slice(0, tenth)), last: means(losses.slice(-tenth)) };
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

const rounded = (value: number): number => Number(value.toFixed(2));
