import type { Raster, Region } from "../../imaging/raster.ts";
import { type Box, intersectionOverSmaller, type Scored, suppress } from "./boxes.ts";
import type { Detector } from "./detector.ts";

/** Of the detector's proportions. `leastFace`: pixels across from which faces are found in a tile, about. */
export interface TileSize {
  width: number;
  height: number;
  leastFace: number;
}

export const COARSE: TileSize = { width: 640, height: 480, leastFace: 24 };
export const FINE: TileSize = { width: 360, height: 270, leastFace: 14 };

const STRIDE = 0.7;
/** A box this near to a tile's inner edge is cut off by it; the neighbouring tile has it whole. */
const EDGE = 4;
const MOST_OVERLAP = 0.35;
/** Of the smaller box: a half face that one tile gave, inside the whole one of another. */
const MOST_INSIDE = 0.6;

/** Tiles of one size that cover the picture, each overlapping the next by 30 %. None if the picture is no larger. */
export function tilesOver(picture: Raster, size: TileSize): Region[] {
  if (picture.width <= size.width && picture.height <= size.height) return [];
  const columns = starts(picture.width, size.width);
  return starts(picture.height, size.height).flatMap((y) =>
    columns.map((x) => ({
      x,
      y,
      width: Math.min(size.width, picture.width - x),
      height: Math.min(size.height, picture.height - y),
    })),
  );
}

/** Where tiles begin along one axis; the last one ends at the picture's edge. */
function starts(length: number, tile: number): number[] {
  const at: number[] = [];
  for (let start = 0; start + tile < length; start += Math.round(tile * STRIDE)) at.push(start);
  at.push(Math.max(0, length - tile));
  return at;
}

/** Faces too small for one look at the whole picture: those found in tiles, together with those already `found`. */
export async function detectInTiles(
  picture: Raster,
  sizes: readonly TileSize[],
  found: readonly Scored[],
  detect: Detector,
): Promise<Scored[]> {
  const all = [...found];
  for (const tile of sizes.flatMap((size) => tilesOver(picture, size))) {
    for (const face of await detect(picture, tile)) if (!isCut(face.box, tile, picture)) all.push(face);
  }
  return suppress(suppress(all, MOST_OVERLAP), MOST_INSIDE, intersectionOverSmaller);
}

/** Does the box touch an edge of the tile that is not the picture's own? */
function isCut({ x, y, width, height }: Box, tile: Region, picture: Raster): boolean {
  return (
    (tile.x > 0 && x < tile.x + EDGE) ||
    (tile.y > 0 && y < tile.y + EDGE) ||
    (tile.x + tile.width < picture.width && x + width > tile.x + tile.width - EDGE) ||
    (tile.y + tile.height < picture.height && y + height > tile.y + tile.height - EDGE)
  );
}
