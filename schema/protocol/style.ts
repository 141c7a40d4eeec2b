import * as v from "valibot";
import { Whole } from "./values.ts";

/** In pixels. The Worker gives a net parts of a picture that are larger by this on each side. */
export const MOST_REACH = 128;

/**
 * What must be known of a style net beside its file: the painting's colours, which photographs are given before (mean [3],
 * covariance [3, 3] by rows), the deviation of the grain that is laid over them, and how far a pixel of the result looks.
 */
export const NetTraits = v.object({
  colours: v.object({
    mean: v.pipe(v.array(v.number()), v.length(3)),
    covariance: v.pipe(v.array(v.number()), v.length(9)),
  }),
  grain: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  reach: v.pipe(Whole, v.maxValue(MOST_REACH)),
});
export type NetTraits = v.InferOutput<typeof NetTraits>;
