import type { Codecs } from "../../imaging/codecs/codecs.ts";
import type { ColourStatistics } from "../../imaging/colour.ts";
import { faceMask } from "../../imaging/face-mask.ts";
import { prepared as atScale, paletteOf, sideBySide } from "../../imaging/paintings.ts";
import { pictureOf, rasterOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { repaintRaster } from "../../imaging/repaint.ts";
import { shrunk } from "../../imaging/shrink.ts";
import type { Box } from "./boxes.ts";
import { decode, type Prepared } from "./decode.ts";

/** The same picture every time. */
const SEED = 1;
/** Of the painting: 60 bytes each. Up to 512 pixels on its shorter side a picture has them as large as it wants. */
const MOST_PATCHES = 500_000;
/** A painting is no larger than this when it is brought to scale: of a scan of many megapixels that would take them as numbers. */
export const LONGER_SIDE = 1_400;

/** A larger picture takes too much memory: its strokes are those of one of so many pixels, enlarged. */
export const MOST_FINE = 2 ** 20;

/** A painting as large as the strokes in a picture should be, to take patches from. */
interface Patches {
  readonly painting: Raster;
  readonly palette: ColourStatistics;
}

/** Paints what nets have made once more, with a painting's own patches. For whoever has the turn. */
export interface FinePainter {
  /**
   * In place; people stay people. `painting`: a file that may be decoded here, and what stands for it. The one that was used
   * last is kept at its scale, 2 MB of it.
   */
  paint(
    painted: Raster,
    o: { photograph: Raster; painting: { name: string; file: Prepared }; faces: readonly Box[] },
  ): Promise<void>;
}

export function createFinePainter(codecs: Codecs): FinePainter {
  let last: { name: string; patches: Patches } | undefined;

  async function patchesOf({ name, file }: { name: string; file: Prepared }, shortSide: number): Promise<Patches> {
    const wanted = `${name} ${shortSide}`;
    if (last?.name === wanted) return last.patches;
    last = undefined;
    const upright = await decode(file, codecs);
    codecs.release();
    if ("kind" in upright) throw new Error(`The style's painting cannot be read. ${upright.message}`);
    const picture = pictureOf(shrunk(upright.raster, LONGER_SIDE));
    const scaled = atScale([{ picture, weight: 1 }], shortSide, MOST_PATCHES);
    const patches = { painting: rasterOf(sideBySide(scaled)), palette: paletteOf(scaled) };
    last = { name: wanted, patches };
    return patches;
  }

  return {
    async paint(painted, { photograph, painting, faces }) {
      const patches = await patchesOf(painting, Math.min(photograph.width, photograph.height));
      repaintRaster(painted, { ...patches, photograph, faces: faceMask(faces, photograph), seed: SEED });
    },
  };
}
