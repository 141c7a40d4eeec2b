import { faceMask } from "../../imaging/face-mask.ts";
import { type Painting, prepared } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import { resize } from "../../imaging/resize.ts";
import type { ImportedNet } from "../engine/import.ts";
import type { SessionOptions } from "../engine/run.ts";
import type { Aims } from "./aims.ts";
import { openObjective } from "./objective.ts";
import { BORDER, canvasOf, fromCanvas, type Losses, optimise } from "./optimise.ts";
import { openPatchDistribution } from "./patch-distribution.ts";
import { openPyramid } from "./pyramid.ts";
import type { StylizeRequest, StylizeResult, Watch } from "./request.ts";
import { blendStatistics, openStatistics, type StyleStatistics } from "./statistics.ts";

/** Layers of InceptionV3 that say what is where, and how it is painted. */
export const LAYERS = {
  contentLayer: "mixed0",
  styleLayers: { activation_1: 0.5, activation_3: 1, activation_5: 1, mixed0: 1, mixed1: 1, mixed2: 1 },
} as const;

/** A face's content counts 1 + this times. */
const FACES_COUNT = 2;

/** A request in which a recipe has filled in what was left out. */
export type Settled = StylizeRequest &
  Required<Pick<StylizeRequest, "contentLayer" | "styleLayers" | "steps" | "learningRate" | "contentWeight" | "start">>;

export interface Course {
  /** The content at the size in which it is optimised. */
  picture: Picture;
  /** Where to begin, at any size; unless given, what the request says. */
  from?: Picture;
  /** Of all steps those from `first` (not taken any more) to `last`; the rate falls from the beginning of this course. */
  steps: { begin: number; first: number; last: number };
  statistics: Aims["statistics"];
  /** How much the distribution of patches counts beside the net's statistics; 0 where a recipe does not look at it. */
  patchWeight: number;
  smoothness: number;
  random: () => number;
}

/** Optimises a picture of the course's size: opens what it takes, and lets go of it whatever happens. */
export async function descend(
  net: ImportedNet,
  request: Settled,
  { picture: small, from, steps, statistics, patchWeight, smoothness, random }: Course,
  watch: Watch,
): Promise<StylizeResult> {
  const { styleLayers, contentLayer, contentWeight, styleWeight = 1, optimizer = "adam", learningRate } = request;
  const options: SessionOptions = { provider: request.provider ?? "cpu", threads: request.threads ?? 1 };
  const aims: Aims = { contentWeight, styleWeight, contentLayer, styleLayers, statistics, smoothness };
  const canvas = canvasOf(small);
  const paintings = prepared(request.paintings, Math.min(canvas.width, canvas.height));

  const style = await styleOf(net, paintings, Object.keys(styleLayers), options);
  const objective = await openObjective(net, aims, style, canvas, facesOn(canvas, request, small), options);
  const pyramid = await openPyramid(canvas.width, canvas.height, options);
  const distribution = patchWeight > 0 ? await openPatchDistribution(paintings, canvas, random, options) : undefined;
  const losses: Losses[] = [];
  watch.onStart?.({ steps: request.steps, provider: objective.provider });
  try {
    const reached = await optimise(
      from ? canvasOf(resize(from, small.width, small.height)) : startOf(canvas, request, random),
      {
        objective,
        pyramid,
        ...(distribution && { patches: { distribution, weight: patchWeight } }),
        weights: { content: contentWeight, style: styleWeight },
        optimizer,
        learningRate,
        steps,
        random,
        ...(watch.signal && { signal: watch.signal }),
        onStep(step, picture) {
          losses.push(step);
          return watch.onStep?.(step, picture);
        },
      },
    );
    return { picture: fromCanvas(reached), losses, provider: objective.provider };
  } finally {
    for (const held of [objective, pyramid, distribution]) await held?.release();
  }
}

async function styleOf(
  net: ImportedNet,
  paintings: readonly Painting[],
  layers: readonly string[],
  options: SessionOptions,
): Promise<StyleStatistics> {
  const all: { statistics: StyleStatistics; weight: number }[] = [];
  for (const { picture, weight } of paintings) {
    const reader = await openStatistics(net, picture, layers, options);
    all.push({ statistics: await reader.read(picture), weight });
    await reader.release();
  }
  return blendStatistics(all);
}

/** How much more the content counts at each position of the canvas. */
function facesOn({ width, height }: Picture, { faces = [], content }: StylizeRequest, small: Picture) {
  if (faces.length === 0) return undefined;
  const mask = faceMask(faces, { width, height, scale: small.height / content.height, border: BORDER });
  return mask.map((m) => FACES_COUNT * m);
}

const startOf = (canvas: Picture, { start }: Settled, random: () => number): Picture =>
  start === "noise" ? noise(canvas, random) : canvas;

/** A random picture: each number uniform about grey. */
function noise({ width, height }: Picture, random: () => number): Picture {
  return { width, height, data: Float32Array.from({ length: 3 * width * height }, () => 0.35 + 0.3 * random()) };
}
