import { type Raster, wholeOf } from "../../imaging/raster.ts";
import type { Detector } from "./detector.ts";
import { byProminence } from "./dominant.ts";
import type { Landmarker, Located } from "./landmarks.ts";
import { COARSE, detectInTiles, FINE, type TileSize } from "./tiles.ts";

/** Who asks for more than this many faces has a crowd in mind: look closely for small ones too. */
const MANY = 8;
/** Below this width in the detector's frame of 320×240, in pixels, faces begin to be missed. */
const NEAR_THE_LIMIT = 16;
/** A face seen in the whole picture needs less proof than one found by looking in every corner. */
const LEAST_PROBABILITY = 0.8;
const LEAST_PROBABILITY_IN_TILES = 0.9;

/** All faces of a picture, the most prominent first: one look at the whole, and closer ones where that may miss some. */
export async function findFaces(
  raster: Raster,
  maxFaces: number,
  detect: Detector,
  locate: Landmarker,
): Promise<Located[]> {
  const seen = await detect(raster, wholeOf(raster));
  const sizes = closerLooks(
    seen.map(({ box }) => box.width * frameScale(raster)),
    maxFaces,
  );
  const candidates = sizes.length > 0 ? await detectInTiles(raster, sizes, seen, detect) : seen;
  const least = sizes.length > 0 ? LEAST_PROBABILITY_IN_TILES : LEAST_PROBABILITY;
  const faces = (await locate(raster, candidates)).filter(({ probability }) => probability > least);
  return byProminence(faces, raster);
}

const frameScale = ({ width, height }: { width: number; height: number }): number =>
  Math.min(320 / width, 240 / height);

/** `widths`: of the faces seen so far, in pixels of the detector's frame. */
function closerLooks(widths: readonly number[], maxFaces: number): TileSize[] {
  if (maxFaces > MANY || widths.some((width) => width < NEAR_THE_LIMIT)) return [COARSE, FINE];
  return widths.length === 0 ? [COARSE] : [];
}
