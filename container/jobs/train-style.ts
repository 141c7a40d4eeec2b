import { readFile } from "node:fs/promises";
import type { Picture } from "../../imaging/picture.ts";
import { withLongerSide } from "../../imaging/resize.ts";
import { sha256 } from "../../models/importer/files.ts";
import type { Work } from "../../schema/protocol/dispatch.ts";
import type { NetTraits } from "../../schema/protocol/style.ts";
import type { Provider } from "../engine/provider.ts";
import { BadPictureError, decodePicture } from "../pictures/decode.ts";
import { differencesOf, readCheckpoint, writeCheckpoint } from "../style-net/checkpoint.ts";
import { DEFAULT_SETTINGS } from "../style-net/defaults.ts";
import type { LossWeights } from "../style-net/loss.ts";
import { readPhotographs } from "../style-net/read-photographs.ts";
import type { Photographs } from "../style-net/request.ts";
import type { TrainingLosses } from "../style-net/trainer.ts";
import type { Job } from "./messages.ts";
import { run as train } from "./train.ts";

/** The work of a `Dispatch`, with the bytes of the files instead of their URLs. */
export interface TrainStyleJob {
  settings: Extract<Work, { kind: "trainStyle" }>["settings"];
  painting: Uint8Array;
  /** The last checkpoint of an earlier attempt. */
  checkpoint?: { step: number; file: Uint8Array };
  /** The file of the loss network, ONNX. */
  network: string;
  /** The folder with the training photographs. */
  photographs: string;
  provider: Provider;
}

export interface TrainedStyle {
  /** The quantized net, ONNX. */
  net: Uint8Array;
  traits: NetTraits;
  thumbnail: Picture;
}

/** In pixels. A smaller painting has no strokes to learn. */
const MIN_PAINTING_SIDE = 64;
const DEFAULT_STEPS = 2_000;
/** The longer side of the painting's thumbnail, in pixels. */
const THUMBNAIL_SIDE = 192;
/** The number of previews of a job. */
const PREVIEW_COUNT = 10;
/** Seconds between checkpoints. */
const CHECKPOINT_EVERY = 15;

/** `train` with untrusted files, on the photographs of this service. */
export const run: Job<TrainStyleJob, TrainingLosses, string, TrainedStyle> = async (job, { report, signal }) => {
  const { network, provider, settings: requested } = job;
  const painting = { raster: await decodePicture("The painting", job.painting), sha256: sha256(job.painting) };
  if (Math.min(painting.raster.width, painting.raster.height) < MIN_PAINTING_SIDE)
    throw new BadPictureError(
      `The painting is too small. Send a painting of at least ${MIN_PAINTING_SIDE} pixels on each side.`,
    );
  const photographs = await photographsOf(job.photographs, DEFAULT_SETTINGS.size);
  const { steps = DEFAULT_STEPS, seed = DEFAULT_SETTINGS.seed } = requested;
  const settings = { ...DEFAULT_SETTINGS, weights: weightsOf(requested), seed };

  const checkpoint = job.checkpoint && readCheckpoint(new TextDecoder().decode(job.checkpoint.file));
  const sources = { painting: painting.sha256, photographs: photographs.sha256, settings: { ...settings, steps } };
  // A checkpoint of another host, with other photographs, would lead to another net. The training then starts again.
  const resume = checkpoint && differencesOf(checkpoint, sources).length === 0 ? checkpoint : undefined;

  const outcome = await train(
    {
      ...{ painting, photographs, settings, network, provider },
      duration: { steps },
      previewEvery: Math.max(1, Math.round(steps / PREVIEW_COUNT)),
      checkpointEvery: CHECKPOINT_EVERY,
      ...(resume && { resume }),
    },
    {
      signal,
      report: (update) =>
        report(update.kind === "checkpoint" ? { ...update, state: writeCheckpoint(update.state) } : update),
    },
  );
  const { colours, grain, reach } = outcome.manifest.traits;
  return {
    net: outcome.quantized,
    traits: { colours: { mean: [...colours.mean], covariance: [...colours.covariance] }, grain, reach },
    thumbnail: withLongerSide(painting.raster, THUMBNAIL_SIDE),
  };
};

function weightsOf({ contentWeight, styleWeight }: TrainStyleJob["settings"]): LossWeights {
  return {
    ...DEFAULT_SETTINGS.weights,
    ...(contentWeight !== undefined && { content: contentWeight }),
    ...(styleWeight !== undefined && { style: styleWeight, styleAtHalf: styleWeight }),
  };
}

/** The training photographs of this service. Files that cannot be decoded are skipped. */
async function photographsOf(folder: string, size: number): Promise<Photographs> {
  const read = async (path: string) => {
    const bytes = await readFile(path);
    return { bytes, raster: await decodePicture(path, bytes).catch(() => undefined) };
  };
  const photographs = await readPhotographs(folder, { size, read, warn: () => undefined });
  if (photographs.training.length === 0)
    throw new Error("The folder in SEMBLANCE_PHOTOGRAPHS has no usable training photographs.");
  return photographs;
}
