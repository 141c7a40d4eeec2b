import { type ColourStatistics, transferMap, withSoftShadows } from "./colour.ts";
import { grainOf, type Place } from "./grain.ts";
import type { Picture } from "./picture.ts";
import type { Surface } from "./surface.ts";
import { inTiles } from "./tiles.ts";

/** What must be known of a net that paints in one pass, beside its file. */
export interface NetTraits {
  /** Of the painting: photographs come in with them. */
  readonly colours: ColourStatistics;
  /** See `grain.ts`; as in training. */
  readonly grain: number;
  /** How far a pixel of the result looks, in pixels. */
  readonly reach: number;
}

/** Runs a net on a picture whose sides are multiples of {@link MULTIPLE}; the result has its size and is in [0, 1]. */
export type RunNet = (part: Picture) => Promise<Picture>;

/** Nets work at a quarter of the size. */
const MULTIPLE = 4;
/** Sides of the smallest part, in pixels: at a quarter of the size two pixels must be left to be mirrored. */
export const LEAST = 2 * MULTIPLE;

/**
 * Gives parts of a photograph to the net as it wants them: in the painting's colours, with grain to make strokes of, in [0, 1].
 * `own`: the statistics of the whole photograph (`subjectStatistics`).
 */
export function preparation(
  own: ColourStatistics,
  { colours, grain }: NetTraits,
): (part: Picture, at: Place) => Picture {
  const { matrix, offset } = transferMap(own, colours);
  return ({ width, height, data }, at) => {
    const noise = grainOf({ width, height }, grain, at);
    const pixels = width * height;
    const result = new Float32Array(3 * pixels);
    // At once, for there may be little time: `mapColours`, `grained`, `clamped`.
    for (let channel = 0; channel < 3; channel++) {
      const [r, g, b] = [matrix[3 * channel]!, matrix[3 * channel + 1]!, matrix[3 * channel + 2]!];
      const shift = offset[channel]!;
      const out = result.subarray(channel * pixels, (channel + 1) * pixels);
      for (let i = 0; i < pixels; i++) {
        const value = shift + r * data[i]! + g * data[pixels + i]! + b * data[2 * pixels + i]! + noise[i]!;
        out[i] = value < 0 ? 0 : value > 1 ? 1 : value;
      }
    }
    return { width, height, data: result };
  };
}

/**
 * Paints a photograph in one pass; beyond a tile's size in several, without seams. `tile`: sides of a tile's own pixels, a
 * multiple of {@link MULTIPLE}.
 */
export const paintInTiles = (
  photograph: Surface,
  painted: Surface,
  { own, traits, tile, run }: { own: ColourStatistics; traits: NetTraits; tile: number; run: RunNet },
): Promise<void> => {
  const prepare = preparation(own, traits);
  return inTiles(
    photograph,
    painted,
    { size: tile, overlap: traits.reach, multiple: MULTIPLE, least: LEAST },
    async (part, at) => withSoftShadows(await run(prepare(part, at))),
  );
};
