import { clamped, keepChroma, transferColours } from "../../imaging/colour.ts";
import { paletteOf, prepared } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { resize } from "../../imaging/resize.ts";
import type { ImportedNet } from "../engine/import.ts";
import type { Losses } from "./optimise.ts";
import { LAYERS, optimizeStage } from "./optimize-stage.ts";
import type { StylizeHooks, StylizeRequest, StylizeResult } from "./request.ts";

const DEFAULTS = {
  ...LAYERS,
  // The pixels are a layer too: their Gram matrix is the palette. The first two at half: no difference is seen.
  styleLayers: { ...LAYERS.styleLayers, input_1: 6, activation_1: 0.25, activation_3: 0.5 },
  steps: 250,
  learningRate: 0.05,
  contentWeight: 0.17,
  start: "content",
} as const;

/** The sizes that are optimised one after another, and each one's part of the steps: coarse to fine, as Gatys et al. 2017, §6. */
const STAGES = [
  { scale: 0.5, share: 0.6 },
  { scale: 1, share: 0.4 },
];
/** No side is optimised at fewer pixels: with less than these and the canvas' border nothing would come through the net. */
const MIN_SIDE = 8;
/** With 2.5 the ripple and the pits of flat skies have more contrast, with 10 strokes fade too. By eye, at 256 pixels. */
const SMOOTHNESS = 6;

/**
 * Gatys et al. 2016: gradient descent on J = α·J_content + β·J_style, with features of the content and Gram matrices of the
 * style. The content is the photograph in the paintings' colours, so that the content term does not hold on to the
 * photograph's own. The descent starts from it, or from noise as in the paper.
 */
export async function gatys(net: ImportedNet, request: StylizeRequest, hooks: StylizeHooks): Promise<StylizeResult> {
  const { content, paintings, preserveColors = false } = request;
  const palette = paletteOf(prepared(paintings, Math.min(content.width, content.height)));
  const result = await gatysWithTarget(clamped(transferColours(content, palette)), net, request, hooks);
  return preserveColors ? { ...result, picture: keepChroma(content, result.picture) } : result;
}

/** The same towards any picture of the content's size; towards the photograph itself, from noise, it is the paper's. */
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
  // With a step or two the last size has none, and what the one before reached is the result; with none left, what is resumed.
  const picture = resize(reached?.picture ?? target, target.width, target.height);
  return { picture, losses, provider: result?.provider ?? "cpu" };
}
