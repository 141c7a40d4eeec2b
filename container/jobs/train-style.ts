import { readFile } from "node:fs/promises";
import { withLongerSide } from "../../imaging/longer-side.ts";
import type { Picture } from "../../imaging/picture.ts";
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

/** A painting with a shorter side has no strokes to learn. */
const LEAST_PAINTING = 64;
/** Unless it is said how many. */
const USUAL_STEPS = 2_000;
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
  const photographs = await photographsOf(job.photographs, DEFAULT_SETTINGS.size);
  const { steps = USUAL_STEPS, seed = DEFAULT_SETTINGS.seed } = asked;
  const settings = { ...DEFAULT_SETTINGS, weights: weightsOf(asked), seed };

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
  const { colours, grain: laid, reach } = outcome.manifest.traits;
  return {
    net: outcome.quantized,
    traits: { colours: { mean: [...colours.mean], covariance: [...colours.covariance] }, grain: laid, reach },
    thumbnail: withLongerSide(painting.raster, THUMBNAIL),
  };
};

function weightsOf({ contentWeight, styleWeight }: TrainStyleJob["settings"]): LossWeights {
  return {
    ...DEFAULT_SETTINGS.weights,
    ...(contentWeight !== undefined && { content: contentWeight }),
    ...(styleWeight !== undefined && { style: styleWeight, styleAtHalf: styleWeight }),
  };
}

/** The photographs of this service: what cannot be learned from is left out. */
async function photographsOf(folder: string, size: number): Promise<Photographs> {
  const read = async (path: string) => {
    const bytes = await readFile(path);
    return { bytes, raster: await decodePicture(path, bytes).catch(() => undefined) };
  };
  const photographs = await readPhotographs(folder, { size, read, warn: () => undefined });
  if (photographs.training.length === 0)
    throw new Error("SEMBLANCE_PHOTOGRAPHS names a folder without photographs to learn on.");
  return photographs;
}
