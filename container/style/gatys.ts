import { keepChroma } from "../../imaging/colour.ts";
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
  start: "noise",
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
 * Gatys et al. 2016 as it is written: from a random picture, by gradient descent, until the features of the content and the
 * Gram matrices of the style are met: J = α·J_content + β·J_style.
 */
export async function gatys(net: ImportedNet, request: StylizeRequest, watch: Watch): Promise<StylizeResult> {
  const { content, seed = 1, preserveColors = false } = request;
  const settled = { ...DEFAULTS, ...request };
  const random = randomNumbers(seed);
  const losses: Losses[] = [];
  let reached: StylizeResult | undefined;
  let first = 0;
  let at: StylizeRequest["resume"] = request.resume;
  for (const { scale, share } of STAGES) {
    const last = scale === 1 ? settled.steps : Math.round(first + share * settled.steps);
    const [width, height] = [content.width, content.height].map((side) =>
      Math.max(LEAST_SIDE, Math.round(side * scale)),
    );
    if (!at || at.step < last) {
      const course = {
        picture: resize(content, width!, height!),
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
  const picture = resize(at?.picture ?? content, content.width, content.height);
  return {
    picture: preserveColors ? keepChroma(content, picture) : picture,
    losses,
    provider: reached?.provider ?? "cpu",
  };
}
