import { keepChroma } from "../../imaging/colour.ts";
import { randomNumbers } from "../../imaging/random.ts";
import type { ImportedNet } from "../engine/import.ts";
import { descend, LAYERS } from "./descend.ts";
import type { StylizeRequest, StylizeResult, Watch } from "./request.ts";

const DEFAULTS = { ...LAYERS, steps: 250, learningRate: 0.05, contentWeight: 0.05, start: "noise" } as const;

/**
 * Gatys et al. 2016 as it is written: from a random picture, by gradient descent, until the features of the content and the
 * Gram matrices of the style are met: J = α·J_content + β·J_style.
 */
export async function gatys(net: ImportedNet, request: StylizeRequest, watch: Watch): Promise<StylizeResult> {
  const { content, seed = 1, preserveColors = false } = request;
  const course = { picture: content, statistics: "gram", patchWeight: 0, random: randomNumbers(seed) } as const;
  const result = await descend(net, { ...DEFAULTS, ...request }, course, watch);
  return preserveColors ? { ...result, picture: keepChroma(content, result.picture) } : result;
}
