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

export interface Nets {
  detect: Detector;
  locate: Landmarker;
}

/** The result of one detection on the whole image. */
export interface Glance {
  /** All detections. */
  candidates: Scored[];
  /** The detections that the landmark net confirms, most prominent first. */
  faces: Located[];
  /** The tile sizes to search for faces that this detection may have missed. Empty if there are none. */
  closer: TileSize[];
}

/** Runs one detection on the whole image, or none if `maxFaces` is 0. */
export async function glance(raster: Raster, maxFaces: number, { detect, locate }: Nets): Promise<Glance> {
  if (maxFaces === 0) return { candidates: [], faces: [], closer: [] };
  const candidates = byProminence(await detect(raster, wholeOf(raster)), raster).slice(0, mostCandidates(maxFaces));
  const sure = (await locate(raster, candidates)).filter(({ probability }) => probability > LEAST_PROBABILITY);
  return { candidates, faces: byProminence(sure, raster), closer: closerLooks(raster, sure, maxFaces) };
}

/** Searches the tiles that a glance asks for. Returns all faces, most prominent first. */
export async function lookCloser(
  raster: Raster,
  maxFaces: number,
  { candidates, closer }: Glance,
  { detect, locate }: Nets,
): Promise<Located[]> {
  const found = byProminence(await detectInTiles(raster, closer, candidates, detect), raster);
  const located = await locate(raster, found.slice(0, mostCandidates(maxFaces)));
  return byProminence(
    located.filter(({ probability }) => probability > LEAST_IN_TILES),
    raster,
  );
}

/** All faces of a picture, the most prominent first: one look at the whole, and closer ones where that may miss some. */
export async function findFaces(raster: Raster, maxFaces: number, nets: Nets): Promise<Located[]> {
  const seen = await glance(raster, maxFaces, nets);
  return seen.closer.length === 0 ? seen.faces : lookCloser(raster, maxFaces, seen, nets);
}

const mostCandidates = (maxFaces: number): number => Math.max(LEAST_CANDIDATES, CANDIDATES_A_FACE * maxFaces);

/** Whether tiles are searched in an image of this size, whatever the glance finds. */
export const isLookedThrough = (size: Size, maxFaces: number): boolean =>
  maxFaces > MANY && closerLooks(size, [], maxFaces).length > 0;

interface Size {
  width: number;
  height: number;
}

/**
 * Which tiles to look through, given the faces that one look at the whole has `seen`. None in a small picture, nor in a strip that is
 * too narrow for a face, of whatever length.
 */
function closerLooks({ width, height }: Size, seen: readonly Scored[], maxFaces: number): TileSize[] {
  const k = Math.min(320 / width, 240 / height);
  const mayMissSome = maxFaces > MANY || seen.some(({ box }) => box.width * k < NEAR_THE_LIMIT);
  const sizes = mayMissSome ? [COARSE, FINE] : seen.length === 0 ? [COARSE] : [];
  return sizes.filter(
    (tile) => Math.min(width, height) >= tile.leastFace && (width > tile.width || height > tile.height),
  );
}
