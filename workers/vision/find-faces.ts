import { type Raster, wholeOf } from "../../imaging/raster.ts";
import type { Scored } from "./boxes.ts";
import type { Detector } from "./detector.ts";
import { byProminence } from "./dominant.ts";
import type { Landmarker, Located } from "./landmarks.ts";
import { COARSE, detectInTiles, FINE, type TileSize } from "./tiles.ts";

/** Who asks for more than this many faces has a crowd in mind: look closely for small ones too. */
const MANY = 8;
/** Below this width in the detector's frame of 320×240, in pixels, faces begin to be missed. */
const NEAR_THE_LIMIT = 16;
/** Of the landmark net. Keeps every person of LFW's 2,750 pictures (0.9 loses one) and drops most of what is none. */
const LEAST_PROBABILITY = 0.8;
/** Whoever looks into every corner needs more proof: at 0.7 a mission patch passes and a cat, at 0.97 two people are lost. */
const LEAST_IN_TILES = 0.9;

/**
 * Candidates that the landmark net looks at, for each face that is asked for, and at least: the most prominent. A picture that is
 * paved with small faces has thousands of them, each of which would take a millisecond.
 */
const CANDIDATES_A_FACE = 2;
const LEAST_CANDIDATES = 40;

/** All faces of a picture, the most prominent first: one look at the whole, and closer ones where that may miss some. */
export async function findFaces(
  raster: Raster,
  maxFaces: number,
  detect: Detector,
  locate: Landmarker,
): Promise<Located[]> {
  const mostCandidates = Math.max(LEAST_CANDIDATES, CANDIDATES_A_FACE * maxFaces);
  const seen = byProminence(await detect(raster, wholeOf(raster)), raster).slice(0, mostCandidates);
  const sure = (await locate(raster, seen)).filter(({ probability }) => probability > LEAST_PROBABILITY);
  const sizes = closerLooks(raster, sure, maxFaces);
  if (sizes.length === 0) return byProminence(sure, raster);

  const found = await detectInTiles(raster, sizes, seen, detect);
  const candidates = byProminence(found, raster).slice(0, mostCandidates);
  const faces = (await locate(raster, candidates)).filter(({ probability }) => probability > LEAST_IN_TILES);
  return byProminence(faces, raster);
}

/**
 * Which tiles to look through, given the faces that one look at the whole has `seen`. None in a small picture, nor in a strip that is
 * too narrow for a face, of whatever length.
 */
function closerLooks({ width, height }: Raster, seen: readonly Scored[], maxFaces: number): TileSize[] {
  const k = Math.min(320 / width, 240 / height);
  const mayMissSome = maxFaces > MANY || seen.some(({ box }) => box.width * k < NEAR_THE_LIMIT);
  const sizes = mayMissSome ? [COARSE, FINE] : seen.length === 0 ? [COARSE] : [];
  return sizes.filter(
    (tile) => Math.min(width, height) >= tile.leastFace && (width > tile.width || height > tile.height),
  );
}
