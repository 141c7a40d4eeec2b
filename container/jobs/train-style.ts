import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { withLongerSide } from "../../imaging/longer-side.ts";
import type { Picture } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { sha256 } from "../../models/importer/files.ts";
import type { Work } from "../../schema/protocol/dispatch.ts";
import type { NetTraits } from "../../schema/protocol/style.ts";
import type { Provider } from "../engine/provider.ts";
import { BadPictureError, decodePicture } from "../pictures/decode.ts";
import { ARCHITECTURE } from "../style-net/architecture.ts";
import { differencesOf, readCheckpoint, writeCheckpoint } from "../style-net/checkpoint.ts";
import { LOSS_WEIGHTS } from "../style-net/loss.ts";
import { withinUse } from "../style-net/photographs.ts";
import type { Photographs } from "../style-net/request.ts";
import type { Losses } from "../style-net/trainer.ts";
import type { Job } from "./messages.ts";
import { run as train } from "./train.ts";

/** What a `Dispatch` asks for, with its files in the place of their addresses. */
export interface TrainStyleJob {
  settings: Extract<Work, { kind: "trainStyle" }>["settings"];
  painting: Uint8Array;
  /** What the attempt before came to. */
  checkpoint?: { step: number; file: Uint8Array };
  /** The file of the loss network, ONNX. */
  network: string;
  /** The folder to learn on. */
  photographs: string;
  provider: Provider;
}

export interface TrainedStyle {
  /** The net on bytes, ONNX. */
  net: Uint8Array;
  traits: NetTraits;
  thumbnail: Picture;
}

/** What `npm run train-style` takes unless it is told otherwise. The styles that come with the product were told: see their manifests. */
const USUAL = { size: 176, batch: 1, strokes: 320, grain: 0.035, learningRate: 8e-3, steps: 2_000, seed: 1 };
/** A painting with a shorter side has no strokes to learn. */
const LEAST_PAINTING = 64;
const LEAST_PHOTOGRAPH = 64;
/** One photograph of so many is for previews. */
const ONE_OF = 12;
/** Of the painting's small picture, the longer side. */
const THUMBNAIL = 192;
/** Of the steps, to the next preview. */
const PREVIEWS = 10;
/** Seconds between checkpoints. */
const CHECKPOINT_EVERY = 15;

/** `train`, from files as strangers sent them, on the photographs of this service. */
export const run: Job<TrainStyleJob, Losses, string, TrainedStyle> = async (job, { report, signal }) => {
  const { network, provider, settings: asked } = job;
  const painting = { raster: await decodePicture("The painting", job.painting), sha256: sha256(job.painting) };
  if (Math.min(painting.raster.width, painting.raster.height) < LEAST_PAINTING)
    throw new BadPictureError(`Send a painting of at least ${LEAST_PAINTING} pixels on each side.`);
  const photographs = await readPhotographs(job.photographs, USUAL.size);
  const { steps = USUAL.steps, seed = USUAL.seed } = asked;
  const { size, batch, strokes, grain, learningRate } = USUAL;
  const settings = {
    architecture: ARCHITECTURE,
    weights: weightsOf(asked),
    seed,
    size,
    batch,
    strokes,
    grain,
    learningRate,
  };

  const earlier = job.checkpoint && readCheckpoint(new TextDecoder().decode(job.checkpoint.file));
  const sources = { painting: painting.sha256, photographs: photographs.sha256, settings: { ...settings, steps } };
  // On another host's photographs it would become another net: then it begins anew.
  const resume = earlier && differencesOf(earlier, sources).length === 0 ? earlier : undefined;

  const outcome = await train(
    {
      ...{ painting, photographs, settings, network, provider },
      duration: { steps },
      previewEvery: Math.max(1, Math.round(steps / PREVIEWS)),
      checkpointEvery: CHECKPOINT_EVERY,
      ...(resume && { resume }),
    },
    {
      signal,
      report: (told) => report(told.kind === "checkpoint" ? { ...told, state: writeCheckpoint(told.state) } : told),
    },
  );
  const { colours, grain: laid, reach } = outcome.learned.traits;
  return {
    net: outcome.quantized,
    traits: { colours: { mean: [...colours.mean], covariance: [...colours.covariance] }, grain: laid, reach },
    thumbnail: withLongerSide(painting.raster, THUMBNAIL),
  };
};

function weightsOf({ contentWeight, styleWeight }: TrainStyleJob["settings"]): typeof LOSS_WEIGHTS {
  return {
    ...LOSS_WEIGHTS,
    ...(contentWeight !== undefined && { content: contentWeight }),
    ...(styleWeight !== undefined && { style: styleWeight, styleAtHalf: styleWeight }),
  };
}

const PICTURE = /\.(jpe?g|png|webp)$/i;

/** All pictures below a folder, sorted, so that a training does not depend on the disk's order. What is none is left out. */
async function readPhotographs(folder: string, size: number): Promise<Photographs> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && PICTURE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const training: Raster[] = [];
  const heldOut: { name: string; raster: Raster }[] = [];
  const hash = createHash("sha256");
  for (const [i, path] of paths.entries()) {
    const name = relative(folder, path);
    const bytes = await readFile(path);
    const whole = await decodePicture(name, bytes).catch(() => undefined);
    if (!whole || Math.min(whole.width, whole.height) < LEAST_PHOTOGRAPH) continue;
    const raster = withinUse(whole, size);
    if (i % ONE_OF === ONE_OF - 1) heldOut.push({ name, raster });
    else {
      training.push(raster);
      hash.update(`${name} ${sha256(bytes)}\n`);
    }
  }
  if (training.length === 0) throw new Error("SEMBLANCE_PHOTOGRAPHS names a folder without photographs to learn on.");
  return { training, heldOut, sha256: hash.digest("hex") };
}
