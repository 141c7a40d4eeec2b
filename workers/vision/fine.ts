import type { Codecs } from "../../imaging/codecs/codecs.ts";
import type { ColorStatistics } from "../../imaging/color.ts";
import { faceMask } from "../../imaging/face-mask.ts";
import { prepared as atScale, paletteOf, sideBySide } from "../../imaging/paintings.ts";
import { pictureOf, rasterOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { repaintRaster } from "../../imaging/repaint.ts";
import { shrunk } from "../../imaging/resize.ts";
import type { Box } from "./boxes.ts";
import { decode, type Prepared } from "./decode.ts";

/** A fixed seed, so that the same request gives the same picture. */
const SEED = 1;
/**
 * The maximum number of patches of a painting. Each takes 60 bytes. Up to 512 pixels on a picture's shorter side, this does not limit the
 * scale of the painting.
 */
const MAX_PATCHES = 500_000;
/** A painting's longer side in pixels is reduced to this before it is scaled, because scaling holds all its pixels as floats. */
export const MAX_PAINTING_SIDE = 1_400;

/** A picture with more pixels would take too much memory. It is painted at this size and enlarged. */
export const MAX_FINE_PIXELS = 2 ** 20;

/** A painting at the scale of the strokes that a picture should have, from which patches are taken. */
interface Patches {
  readonly painting: Raster;
  readonly palette: ColorStatistics;
}

/** Repaints the output of a style net with patches of the painting. Must be called in a turn (`Runtime.inTurn`). */
export interface FinePainter {
  /**
   * Repaints in place and keeps faces recognizable. `painting`: its file, and a name that identifies it in the cache. The painting that
   * was used last stays cached at its scale, which takes 2 MB.
   */
  paint(
    painted: Raster,
    o: { photograph: Raster; painting: { name: string; file: Prepared }; faces: readonly Box[] },
  ): Promise<void>;
}

export function createFinePainter(codecs: Codecs): FinePainter {
  let last: { cacheKey: string; patches: Patches } | undefined;

  async function patchesOf({ name, file }: { name: string; file: Prepared }, shortSide: number): Promise<Patches> {
    const cacheKey = `${name} ${shortSide}`;
    if (last?.cacheKey === cacheKey) return last.patches;
    last = undefined;
    const upright = await decode(file, codecs);
    codecs.release();
    if ("kind" in upright) throw new Error(`The style's painting cannot be decoded. ${upright.message}`);
    const picture = pictureOf(shrunk(upright.raster, MAX_PAINTING_SIDE));
    const scaled = atScale([{ picture, weight: 1 }], shortSide, MAX_PATCHES);
    const patches = { painting: rasterOf(sideBySide(scaled)), palette: paletteOf(scaled) };
    last = { cacheKey, patches };
    return patches;
  }

  return {
    async paint(painted, { photograph, painting, faces }) {
      const patches = await patchesOf(painting, Math.min(photograph.width, photograph.height));
      repaintRaster(painted, { ...patches, photograph, faces: faceMask(faces, photograph), seed: SEED });
    },
  };
}
