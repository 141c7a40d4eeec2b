import { clamped, keepChroma, transferColors } from "../../imaging/color.ts";
import { paletteOf, prepared } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { resize } from "../../imaging/resize.ts";
import type { ImportedNet } from "../engine/import.ts";
import type { Losses } from "./optimize.ts";
import { LAYERS, optimizeStage } from "./optimize-stage.ts";
import type { StylizeHooks, StylizeRequest, StylizeResult } from "./request.ts";

const DEFAULTS = {
  ...LAYERS,
  // `input_1` is the pixels: their Gram matrix represents the palette. The first two layers have half their usual
  // weight, which makes no visible difference.
  styleLayers: { ...LAYERS.styleLayers, input_1: 6, activation_1: 0.25, activation_3: 0.5 },
  steps: 250,
  learningRate: 0.05,
  contentWeight: 0.17,
  start: "content",
} as const;

/**
 * The sizes that are optimized in turn, and each one's share of the steps: coarse to fine, as in Gatys et al. 2017, §6.
 */
const STAGES = [
  { scale: 0.5, share: 0.6 },
  { scale: 1, share: 0.4 },
];
/**
 * The minimum side in pixels. With a smaller picture and the canvas border, no features would reach the deeper layers.
 */
const MIN_SIDE = 8;
/**
 * Chosen by eye at 256 pixels: at 2.5, ripples and dark spots in flat skies have more contrast; at 10, strokes fade
 * too.
 */
const SMOOTHNESS = 6;

/**
 * Gatys et al. 2016: gradient descent on J = α·J_content + β·J_style, with features of the content and Gram matrices of
 * the style. The content is the photograph with the paintings' colors, so that the content term does not preserve the
 * photograph's colors. The descent starts from that picture, or from noise as in the paper.
 */
export async function gatys(net: ImportedNet, request: StylizeRequest, hooks: StylizeHooks): Promise<StylizeResult> {
  const { content, paintings, preserveColors = false } = request;
  const palette = paletteOf(prepared(paintings, Math.min(content.width, content.height)));
  const result = await gatysWithTarget(clamped(transferColors(content, palette)), net, request, hooks);
  return preserveColors ? { ...result, picture: keepChroma(content, result.picture) } : result;
}

/**
 * Like `gatys`, with any picture of the content's size as the target. With the photograph itself and noise as the
 * start, this is the paper's method.
 */
export async function gatysWithTarget(
  target: Picture,
  net: ImportedNet,
  request: StylizeRequest,
  hooks: StylizeHooks,
): Promise<StylizeResult> {
  const resolved = { ...DEFAULTS, ...request };
  const random = randomNumbers(request.seed ?? 1);
  const losses: Losses[] = [];
  let result: StylizeResult | undefined;
  let first = 0;
  let reached: StylizeRequest["resume"] = request.resume;
  for (const { scale, share } of STAGES) {
    const last = scale === 1 ? resolved.steps : Math.round(first + share * resolved.steps);
    const [width, height] = [target.width, target.height].map((side) => Math.max(MIN_SIDE, Math.round(side * scale)));
    if (!reached || reached.step < last) {
      const stage = {
        picture: resize(target, width!, height!),
        ...(reached && { from: reached.picture }),
        steps: { begin: first, first: Math.max(first, reached?.step ?? 0), last },
        statistics: "normalizedGram",
        patchWeight: 0,
        smoothness: request.smoothness ?? SMOOTHNESS,
        random,
      } as const;
      result = await optimizeStage(net, resolved, stage, hooks);
      losses.push(...result.losses);
      reached = { step: last, picture: result.picture };
    }
    first = last;
  }
  // With one or two steps, the last size gets no step and the previous size's picture is the result. With no steps
  // left, the resumed picture is the result.
  const picture = resize(reached?.picture ?? target, target.width, target.height);
  return { picture, losses, provider: result?.provider ?? "cpu" };
}
