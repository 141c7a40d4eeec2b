import { type Raster, wholeOf } from "../../imaging/raster.ts";
import type { Scored } from "./boxes.ts";
import type { Detector } from "./detector.ts";
import { byProminence } from "./dominant.ts";
import type { Landmarker, LocatedFace } from "./landmarks.ts";
import { detectInTiles, LARGE_TILE, SMALL_TILE, type TileSize } from "./tiles.ts";

/** If a request asks for more faces than this, it expects a crowd, so small faces are searched too. */
const CROWD_FROM = 8;
/** The width in pixels of the detector's input (320×240) below which it begins to miss faces. */
const SMALL_FACE_WIDTH = 16;
/**
 * The landmark net's minimum probability of a face. It keeps each person in LFW's 2,750 pictures (0.9 loses one) and drops most false
 * detections.
 */
const MIN_PROBABILITY = 0.8;
/** Tiles give more false detections, so their limit is higher. At 0.7 a mission patch and a cat pass; at 0.97 two people are lost. */
const MIN_PROBABILITY_IN_TILES = 0.9;

/**
 * The landmark net checks the most prominent candidates: this many per requested face, and at least MIN_CANDIDATES. The limit is needed
 * because a picture may have thousands of small faces, each of which takes a millisecond.
 */
const CANDIDATES_PER_FACE = 2;
const MIN_CANDIDATES = 40;

export interface Nets {
  detect: Detector;
  locate: Landmarker;
}

/** The result of one detection on the whole image. */
export interface WholeDetection {
  /** All detections. */
  candidates: Scored[];
  /** The detections that the landmark net confirms, most prominent first. */
  faces: LocatedFace[];
  /** The tile sizes to search for faces that this detection may have missed. Empty if no tiles are needed. */
  tileSizes: TileSize[];
}

/** Runs one detection on the whole image, or none if `maxFaces` is 0. */
export async function detectInWhole(
  raster: Raster,
  maxFaces: number,
  { detect, locate }: Nets,
): Promise<WholeDetection> {
  if (maxFaces === 0) return { candidates: [], faces: [], tileSizes: [] };
  const candidates = byProminence(await detect(raster, wholeOf(raster)), raster).slice(0, maxCandidates(maxFaces));
  const confirmed = (await locate(raster, candidates)).filter(({ probability }) => probability > MIN_PROBABILITY);
  return { candidates, faces: byProminence(confirmed, raster), tileSizes: tileSizesFor(raster, confirmed, maxFaces) };
}

/** Searches the tiles that the first detection requires. Returns all faces, most prominent first. */
export async function searchTiles(
  raster: Raster,
  maxFaces: number,
  { candidates, tileSizes }: WholeDetection,
  { detect, locate }: Nets,
): Promise<LocatedFace[]> {
  const found = byProminence(await detectInTiles(raster, tileSizes, candidates, detect), raster);
  const located = await locate(raster, found.slice(0, maxCandidates(maxFaces)));
  return byProminence(
    located.filter(({ probability }) => probability > MIN_PROBABILITY_IN_TILES),
    raster,
  );
}

/** Finds all faces of a picture, most prominent first: in the whole picture, and in tiles if that may miss some. */
export async function findFaces(raster: Raster, maxFaces: number, nets: Nets): Promise<LocatedFace[]> {
  const whole = await detectInWhole(raster, maxFaces, nets);
  return whole.tileSizes.length === 0 ? whole.faces : searchTiles(raster, maxFaces, whole, nets);
}

const maxCandidates = (maxFaces: number): number => Math.max(MIN_CANDIDATES, CANDIDATES_PER_FACE * maxFaces);

/** Whether tiles are searched in an image of this size, whatever the first detection finds. */
export const needsTiles = (size: Size, maxFaces: number): boolean =>
  maxFaces > CROWD_FROM && tileSizesFor(size, [], maxFaces).length > 0;

interface Size {
  width: number;
  height: number;
}

/**
 * The tile sizes to search, given the faces `found` in the whole picture. Empty for a small picture, and for a strip that is too narrow
 * for a face.
 */
function tileSizesFor({ width, height }: Size, found: readonly Scored[], maxFaces: number): TileSize[] {
  const scale = Math.min(320 / width, 240 / height);
  const mayHaveSmallFaces = maxFaces > CROWD_FROM || found.some(({ box }) => box.width * scale < SMALL_FACE_WIDTH);
  const sizes = mayHaveSmallFaces ? [LARGE_TILE, SMALL_TILE] : found.length === 0 ? [LARGE_TILE] : [];
  return sizes.filter(
    (tile) => Math.min(width, height) >= tile.minFaceWidth && (width > tile.width || height > tile.height),
  );
}
