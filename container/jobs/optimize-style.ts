import type { Picture } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { withLongerSide } from "../../imaging/resize.ts";
import type { Dispatch, Work } from "../../schema/protocol/dispatch.ts";
import type { Provider } from "../engine/provider.ts";
import { BadPictureError, decodePicture } from "../pictures/decode.ts";
import type { Losses } from "../style/optimize.ts";
import type { StylizeResult } from "../style/request.ts";
import type { Job } from "./messages.ts";
import { run as stylize } from "./stylize.ts";

type OptimizeStyleWork = Extract<Work, { kind: "optimizeStyle" }>;

/** The work of a `Dispatch`, with the bytes of the files instead of their URLs. */
export interface OptimizeStyleJob {
  settings: OptimizeStyleWork["settings"];
  content: Uint8Array;
  faces: OptimizeStyleWork["faces"];
  paintings: readonly { file: Uint8Array; weight: number }[];
  /** The last checkpoint of an earlier attempt. */
  checkpoint?: Pick<NonNullable<Dispatch["checkpoint"]>, "step"> & { file: Uint8Array };
  /** The file of the loss network, ONNX. */
  network: string;
  provider: Provider;
}

/** In pixels. A smaller photograph shows nothing, and a smaller painting has no strokes. */
const MIN_SIDE = 16;
/**
 * Limit for the shorter side of a painting, as a multiple of the longer side of the result. The strokes of a larger painting are
 * too fine to be painted.
 */
const MAX_PAINTING_SCALE = 3;
/** The default number of previews of a job. */
const PREVIEW_COUNT = 10;
/** The default number of steps of each recipe. */
const DEFAULT_STEPS = { painterly: 90, gatys: 250 };
/** Steps between checkpoints. One costs a few percent of a step. */
const CHECKPOINT_EVERY = 5;

/** `stylize` with untrusted files. They are decoded in the job's process, so that a decoder that crashes ends only this job. */
export const run: Job<OptimizeStyleJob, Losses, Picture, StylizeResult> = async (job, context) => {
  const { content, paintings, faces, checkpoint, network, provider } = job;
  const { maxSide, previewEvery, ...settings } = job.settings;
  const photograph = await decodePicture("The photograph", content);
  const resized = withLongerSide(photograph, maxSide);
  if (Math.min(resized.width, resized.height) < MIN_SIDE)
    throw new BadPictureError(
      `At maxSide ${maxSide}, the photograph has ${resized.width}×${resized.height} pixels; each side must have at least ` +
        `${MIN_SIDE}. Crop it to a less narrow shape, or set a larger maxSide.`,
    );
  const scale = resized.width / photograph.width;
  const sources = [];
  for (const { file, weight } of paintings)
    sources.push({ picture: resizePainting(await decodePicture("The painting", file), maxSide), weight });
  const steps = settings.steps ?? DEFAULT_STEPS[settings.recipe];
  return stylize(
    {
      ...settings,
      content: resized,
      paintings: sources,
      faces: faces.map(({ x, y, width, height }) => ({
        x: scale * x,
        y: scale * y,
        width: scale * width,
        height: scale * height,
      })),
      ...(checkpoint && { resume: await decodeCheckpoint(checkpoint) }),
      network,
      provider,
      checkpointEvery: CHECKPOINT_EVERY,
      previewEvery: previewEvery ?? Math.max(1, Math.round(steps / PREVIEW_COUNT)),
    },
    context,
  );
};

function resizePainting(raster: Raster, maxSide: number) {
  const { width, height } = raster;
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  if (short < MIN_SIDE)
    throw new BadPictureError(
      `The painting has ${width}×${height} pixels. Send a painting of at least ${MIN_SIDE} pixels on each side.`,
    );
  return withLongerSide(raster, Math.min(long, Math.round((MAX_PAINTING_SCALE * maxSide * long) / short)));
}

async function decodeCheckpoint({ step, file }: NonNullable<OptimizeStyleJob["checkpoint"]>) {
  const raster = await decodePicture("The checkpoint", file);
  return { step, picture: withLongerSide(raster, Math.max(raster.width, raster.height)) };
}
