import { clamped, transferColours } from "../../imaging/colour.ts";
import { faceMask } from "../../imaging/face-mask.ts";
import { prepared as atScale, paletteOf, sideBySide } from "../../imaging/paintings.ts";
import { pictureOf, rasterOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { repaint } from "../../imaging/repaint.ts";
import type { Box } from "./boxes.ts";
import type { Codecs } from "./codecs.ts";
import { decode, prepare } from "./decode.ts";
import type { Limits } from "./header.ts";

/** The same picture every time. */
const SEED = 1;

/** What a net has made, painted once more with the patches of the painting's file; people stay people. For whoever has the turn. */
export async function repainted(
  painted: Raster,
  {
    photograph,
    patches,
    faces,
    codecs,
    limits,
  }: {
    photograph: Raster;
    patches: Uint8Array;
    faces: readonly Box[];
    codecs: Codecs;
    limits: Limits;
  },
): Promise<Raster> {
  const prepared = await prepare(patches, limits);
  const upright = "kind" in prepared ? prepared : await decode(prepared, codecs);
  if ("kind" in upright) throw new Error(`The style's painting cannot be read. ${upright.message}`);
  const content = pictureOf(photograph);
  const paintings = atScale(
    [{ picture: pictureOf(upright.raster), weight: 1 }],
    Math.min(content.width, content.height),
  );
  const palette = paletteOf(paintings);
  return rasterOf(
    repaint(pictureOf(painted), {
      transferred: clamped(transferColours(content, palette)),
      painting: sideBySide(paintings),
      palette,
      faces: faceMask(faces, content),
      seed: SEED,
    }),
  );
}
