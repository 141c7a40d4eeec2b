import { withLongerSide } from "../../imaging/longer-side.ts";
import type { Picture } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import type { Dispatch, Work } from "../../schema/protocol/dispatch.ts";
import type { Provider } from "../engine/provider.ts";
import { BadPictureError, decodePicture } from "../pictures/decode.ts";
import type { Losses } from "../style/optimise.ts";
import type { StylizeResult } from "../style/request.ts";
import type { Job } from "./messages.ts";
import { run as stylize } from "./stylize.ts";

type Asked = Extract<Work, { kind: "optimizeStyle" }>;

/** What a `Dispatch` asks for, with its files in the place of their addresses. */
export interface OptimizeStyleJob {
  settings: Asked["settings"];
  content: Uint8Array;
  faces: Asked["faces"];
  paintings: readonly { file: Uint8Array; weight: number }[];
  /** What the attempt before came to. */
  checkpoint?: Pick<NonNullable<Dispatch["checkpoint"]>, "step"> & { file: Uint8Array };
  /** The file of the loss network, ONNX. */
  network: string;
  provider: Provider;
}

/** Below so many pixels there is nothing to see, and a painting has no strokes. */
const SMALLEST_SIDE = 16;
/** Times the longer side of the result: a painting with a shorter side above that has finer strokes than can be painted. */
const LARGEST_PAINTING = 3;
/** Of the steps, unless it is said how often previews are wanted: a tenth. The recipes have 90 and 250. */
const PREVIEWS = 10;
const USUAL_STEPS = { painterly: 90, gatys: 250 };
/** Steps between checkpoints. One costs a few percent of a step. */
const CHECKPOINT_EVERY = 5;

/** `stylize`, from files as strangers sent them. They are decoded here, where a trapped decoder takes nothing else with it. */
export const run: Job<OptimizeStyleJob, Losses, Picture, StylizeResult> = async (job, context) => {
  const { content, paintings, faces, checkpoint, network, provider } = job;
  const { maxSide, previewEvery, ...settings } = job.settings;
  const photograph = await decodePicture("The photograph", content);
  const resized = withLongerSide(photograph, maxSide);
  if (Math.min(resized.width, resized.height) < SMALLEST_SIDE)
    throw new BadPictureError(
      `The photograph becomes ${resized.width}×${resized.height} pixels, which is too narrow to paint. ` +
        "Cut it to a wider shape, or ask for a larger maxSide.",
    );
  const k = resized.width / photograph.width;
  const sources = [];
  for (const { file, weight } of paintings)
    sources.push({ picture: paintingOf(await decodePicture("The painting", file), maxSide), weight });
  const steps = settings.steps ?? USUAL_STEPS[settings.recipe];
  return stylize(
    {
      ...settings,
      content: resized,
      paintings: sources,
      faces: faces.map(({ x, y, width, height }) => ({ x: k * x, y: k * y, width: k * width, height: k * height })),
      ...(checkpoint && { resume: await reached(checkpoint) }),
      network,
      provider,
      checkpointEvery: CHECKPOINT_EVERY,
      previewEvery: previewEvery ?? Math.max(1, Math.round(steps / PREVIEWS)),
    },
    context,
  );
};

function paintingOf(raster: Raster, maxSide: number) {
  const { width, height } = raster;
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  if (short < SMALLEST_SIDE)
    throw new BadPictureError(
      `The painting is ${width}×${height}. Send one of at least ${SMALLEST_SIDE} pixels on each side.`,
    );
  return withLongerSide(raster, Math.min(long, Math.round((LARGEST_PAINTING * maxSide * long) / short)));
}

async function reached({ step, file }: NonNullable<OptimizeStyleJob["checkpoint"]>) {
  const raster = await decodePicture("The checkpoint", file);
  return { step, picture: withLongerSide(raster, Math.max(raster.width, raster.height)) };
}
