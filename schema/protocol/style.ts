import * as v from "valibot";
import { NonNegativeInt } from "./values.ts";

/** In pixels. The Worker runs a net on tiles of a picture and enlarges each tile by this much on each side. */
export const MAX_REACH = 128;

/**
 * Properties of a style net that are not in its file:
 *
 * - `colours`: the colors of the painting, which a photograph gets before the net runs. Mean [3], covariance [3, 3] by rows.
 * - `grain`: the standard deviation of the noise that is added to the photograph.
 * - `reach`: how far from a pixel of the result the net reads the photograph, in pixels.
 */
export const NetTraits = v.object({
  colours: v.object({
    mean: v.pipe(v.array(v.number()), v.length(3)),
    covariance: v.pipe(v.array(v.number()), v.length(9)),
  }),
  grain: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  reach: v.pipe(NonNegativeInt, v.maxValue(MAX_REACH)),
});
export type NetTraits = v.InferOutput<typeof NetTraits>;
