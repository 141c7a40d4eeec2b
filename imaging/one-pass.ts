import { type ColorStatistics, transferMap, withSoftShadows } from "./color.ts";
import { grainOf, type Place } from "./grain.ts";
import type { Picture } from "./picture.ts";
import type { Surface } from "./surface.ts";
import { inTiles } from "./tiles.ts";

/** The properties of a one-pass net that its file does not contain. */
export interface NetTraits {
  /** The painting's color statistics. The net expects photographs with these colors. */
  readonly colours: ColorStatistics;
  /** The amount of grain (`grain.ts`) on the net's input, as in training. */
  readonly grain: number;
  /** How far away, in pixels, the input can influence a pixel of the result. */
  readonly reach: number;
}

/** Runs a net on a picture whose sides are multiples of {@link MULTIPLE}; the result has its size and is in [0, 1]. */
export type RunNet = (part: Picture) => Promise<Picture>;

/** Nets downsample by four. */
const MULTIPLE = 4;
/** Minimum side of a part, in pixels: mirroring needs two pixels at a quarter of the size. */
export const MIN_PART_SIDE = 2 * MULTIPLE;

/**
 * Prepares parts of a photograph as input of the net: in the painting's colors, with grain from which the net makes strokes, in
 * [0, 1]. `own` is the statistics of the whole photograph (`subjectStatistics`).
 */
export function preparation(
  own: ColorStatistics,
  { colours, grain }: NetTraits,
): (part: Picture, at: Place) => Picture {
  const { matrix, offset } = transferMap(own, colours);
  return ({ width, height, data }, at) => {
    const noise = grainOf({ width, height }, grain, at);
    const pixels = width * height;
    const result = new Float32Array(3 * pixels);
    // `mapColors`, `grained` and `clamped` in one loop, for speed.
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
 * Paints a photograph in one pass, or in seamless tiles if it is larger than a tile. `tile` is the side of a tile's own pixels, a
 * multiple of {@link MULTIPLE}.
 */
export const paintInTiles = (
  photograph: Surface,
  painted: Surface,
  { own, traits, tile, run }: { own: ColorStatistics; traits: NetTraits; tile: number; run: RunNet },
): Promise<void> => {
  const prepare = preparation(own, traits);
  return inTiles(
    photograph,
    painted,
    { size: tile, overlap: traits.reach, multiple: MULTIPLE, minSide: MIN_PART_SIDE },
    async (part, at) => withSoftShadows(await run(prepare(part, at))),
  );
};
