import { clamped, keepChroma, transferColours } from "../../imaging/colour.ts";
import { paletteOf, prepared } from "../../imaging/paintings.ts";
import type { Picture } from "../../imaging/picture.ts";
import { randomNumbers } from "../../imaging/random.ts";
import { resize } from "../../imaging/resize.ts";
import type { ImportedNet } from "../engine/import.ts";
import { descend, LAYERS } from "./descend.ts";
import type { Losses } from "./optimise.ts";
import type { StylizeRequest, StylizeResult, Watch } from "./request.ts";

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
const LEAST_SIDE = 8;
/** With 2.5 the ripple and the pits of flat skies have more contrast, with 10 strokes fade too. By eye, at 256 pixels. */
const SMOOTHNESS = 6;

/**
 * Gatys et al. 2016: gradient descent on J = α·J_content + β·J_style, with features of the content and Gram matrices of the
 * style. The content is the photograph in the paintings' colours, so that the content term does not hold on to the
 * photograph's own. The descent starts from it, or from noise as in the paper.
 */
export async function gatys(net: ImportedNet, request: StylizeRequest, watch: Watch): Promise<StylizeResult> {
  const { content, paintings, preserveColors = false } = request;
  const palette = paletteOf(prepared(paintings, Math.min(content.width, content.height)));
  const result = await gatysTowards(clamped(transferColours(content, palette)), net, request, watch);
  return preserveColors ? { ...result, picture: keepChroma(content, result.picture) } : result;
}

/** The same towards any picture of the content's size; towards the photograph itself, from noise, it is the paper's. */
export async function gatysTowards(
  target: Picture,
  net: ImportedNet,
  request: StylizeRequest,
  watch: Watch,
): Promise<StylizeResult> {
  const settled = { ...DEFAULTS, ...request };
  const random = randomNumbers(request.seed ?? 1);
  const losses: Losses[] = [];
  let reached: StylizeResult | undefined;
  let first = 0;
  let at: StylizeRequest["resume"] = request.resume;
  for (const { scale, share } of STAGES) {
    const last = scale === 1 ? settled.steps : Math.round(first + share * settled.steps);
    const [width, height] = [target.width, target.height].map((side) => Math.max(LEAST_SIDE, Math.round(side * scale)));
    if (!at || at.step < last) {
      const course = {
        picture: resize(target, width!, height!),
        ...(at && { from: at.picture }),
        steps: { begin: first, first: Math.max(first, at?.step ?? 0), last },
        statistics: "normalizedGram",
        patchWeight: 0,
        smoothness: request.smoothness ?? SMOOTHNESS,
        random,
      } as const;
      reached = await descend(net, settled, course, watch);
      losses.push(...reached.losses);
      at = { step: last, picture: reached.picture };
    }
    first = last;
  }
  // With a step or two the last size has none, and what the one before reached is the result; with none left, what is resumed.
  const picture = resize(at?.picture ?? target, target.width, target.height);
  return { picture, losses, provider: reached?.provider ?? "cpu" };
}
