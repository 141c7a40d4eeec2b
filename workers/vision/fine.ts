import { faceMask } from "../../imaging/face-mask.ts";
import { prepared as atScale, paletteOf } from "../../imaging/paintings.ts";
import { pictureOf, rasterOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { repaintRaster } from "../../imaging/repaint.ts";
import type { Box } from "./boxes.ts";
import type { Codecs } from "./codecs.ts";
import { decode, prepare } from "./decode.ts";
import { DEFAULT_LIMITS } from "./header.ts";

/** The same picture every time. */
const SEED = 1;
/** Of the painting: 60 bytes each. Up to 512 pixels on its shorter side a picture has them as large as it wants. */
const MOST_PATCHES = 500_000;

/** A larger picture takes too much memory: its strokes are those of one of so many pixels, enlarged. */
export const MOST_FINE = 2 ** 20;

/** Paints what a net has made once more, in place, with the patches of a painting's file; people stay people. For whoever has the turn. */
export async function paintFine(
  painted: Raster,
  photograph: Raster,
  { file, faces, codecs }: { file: Uint8Array; faces: readonly Box[]; codecs: Codecs },
): Promise<void> {
  const shortSide = Math.min(photograph.width, photograph.height);
  const { painting, palette } = await paintingIn(file, shortSide, codecs);
  codecs.release();
  repaintRaster(painted, { photograph, painting, palette, faces: faceMask(faces, photograph), seed: SEED });
}

async function paintingIn(file: Uint8Array, shortSide: number, codecs: Codecs) {
  const prepared = await prepare(file, DEFAULT_LIMITS);
  const upright = "kind" in prepared ? prepared : await decode(prepared, codecs);
  if ("kind" in upright) throw new Error(`The style's painting cannot be read. ${upright.message}`);
  const paintings = atScale([{ picture: pictureOf(upright.raster), weight: 1 }], shortSide, MOST_PATCHES);
  return { painting: rasterOf(paintings[0]!.picture), palette: paletteOf(paintings) };
}
