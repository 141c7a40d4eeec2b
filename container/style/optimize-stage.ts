import { faceMask } from "../../imaging/face-mask.ts";
import { type Painting, prepared } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import { resize } from "../../imaging/resize.ts";
import type { ImportedNet } from "../engine/import.ts";
import type { SessionOptions } from "../engine/run.ts";
import type { LossSettings } from "./loss-settings.ts";
import { openObjective } from "./objective.ts";
import { BORDER, canvasOf, fromCanvas, type Losses, optimize } from "./optimize.ts";
import { openPatchDistribution } from "./patch-distribution.ts";
import { openPyramid } from "./pyramid.ts";
import type { StylizeHooks, StylizeRequest, StylizeResult } from "./request.ts";
import { blendStatistics, openStatistics, type StyleStatistics } from "./statistics.ts";

/** The layers of InceptionV3 that represent the content and the style. */
export const LAYERS = {
  contentLayer: "mixed0",
  styleLayers: { activation_1: 0.5, activation_3: 1, activation_5: 1, mixed0: 1, mixed1: 1, mixed2: 1 },
} as const;

/** The content loss of a face is weighted by 1 + this. */
const FACE_WEIGHT = 2;

/** A request after the recipe has filled in its defaults. */
export type ResolvedRequest = StylizeRequest &
  Required<Pick<StylizeRequest, "contentLayer" | "styleLayers" | "steps" | "learningRate" | "contentWeight" | "start">>;

export interface OptimizationStage {
  /** The content at the size of this stage. */
  picture: Picture;
  /** The initial picture, at any size. Default: what the request specifies in `start`. */
  from?: Picture;
  /**
   * The range of steps in this stage: `first` (exclusive) to `last`. The learning rate decays from `begin`, where the
   * stage began.
   */
  steps: { begin: number; first: number; last: number };
  statistics: LossSettings["statistics"];
  /** The weight of the patch distribution loss relative to the net's statistics; 0 if the recipe does not use it. */
  patchWeight: number;
  smoothness: number;
  random: () => number;
}

/** Optimizes a picture at the stage's size. Releases all sessions, also after an error. */
export async function optimizeStage(
  net: ImportedNet,
  request: ResolvedRequest,
  { picture: stageContent, from, steps, statistics, patchWeight, smoothness, random }: OptimizationStage,
  hooks: StylizeHooks,
): Promise<StylizeResult> {
  const { styleLayers, contentLayer, contentWeight, styleWeight = 1, optimizer = "adam", learningRate } = request;
  const options: SessionOptions = { provider: request.provider ?? "cpu", threads: request.threads ?? 1 };
  const lossSettings: LossSettings = { contentWeight, styleWeight, contentLayer, styleLayers, statistics, smoothness };
  const canvas = canvasOf(stageContent);
  const paintings = prepared(request.paintings, Math.min(canvas.width, canvas.height));

  const style = await readStyle(net, paintings, Object.keys(styleLayers), options);
  const objective = await openObjective(
    net,
    lossSettings,
    style,
    canvas,
    faceWeights(canvas, request, stageContent),
    options,
  );
  const pyramid = await openPyramid(canvas.width, canvas.height, options);
  const distribution = patchWeight > 0 ? await openPatchDistribution(paintings, canvas, random, options) : undefined;
  const losses: Losses[] = [];
  hooks.onStart?.({ steps: request.steps, provider: objective.provider });
  try {
    const canvasReached = await optimize(
      from ? canvasOf(resize(from, stageContent.width, stageContent.height)) : startingCanvas(canvas, request, random),
      {
        objective,
        pyramid,
        ...(distribution && { patches: { distribution, weight: patchWeight } }),
        weights: { content: contentWeight, style: styleWeight },
        optimizer,
        learningRate,
        steps,
        random,
        ...(hooks.signal && { signal: hooks.signal }),
        onStep(step, picture) {
          losses.push(step);
          return hooks.onStep?.(step, picture);
        },
      },
    );
    return { picture: fromCanvas(canvasReached), losses, provider: objective.provider };
  } finally {
    for (const resource of [objective, pyramid, distribution]) await resource?.release();
  }
}

async function readStyle(
  net: ImportedNet,
  paintings: readonly Painting[],
  layers: readonly string[],
  options: SessionOptions,
): Promise<StyleStatistics> {
  const readings: { statistics: StyleStatistics; weight: number }[] = [];
  for (const { picture, weight } of paintings) {
    const reader = await openStatistics(net, picture, layers, options);
    readings.push({ statistics: await reader.read(picture), weight });
    await reader.release();
  }
  return blendStatistics(readings);
}

/** The additional content weight at each position of the canvas; `undefined` without faces. */
function faceWeights({ width, height }: Picture, { faces = [], content }: StylizeRequest, stageContent: Picture) {
  if (faces.length === 0) return undefined;
  const mask = faceMask(faces, { width, height, scale: stageContent.height / content.height, border: BORDER });
  return mask.map((m) => FACE_WEIGHT * m);
}

const startingCanvas = (canvas: Picture, { start }: ResolvedRequest, random: () => number): Picture =>
  start === "noise" ? noise(canvas, random) : canvas;

/** A random picture with uniform noise around gray. */
function noise({ width, height }: Picture, random: () => number): Picture {
  return { width, height, data: Float32Array.from({ length: 3 * width * height }, () => 0.35 + 0.3 * random()) };
}
