import type { Raster, Region } from "../../imaging/raster.ts";
import { type Box, intersectionOverSmaller, type Scored, suppressOverlaps } from "./boxes.ts";
import type { Detector } from "./detector.ts";

/** The size of a tile in pixels, with the detector's proportions. `minFaceWidth`: the approximate width from which faces are found in it. */
export interface TileSize {
  width: number;
  height: number;
  minFaceWidth: number;
}

export const LARGE_TILE: TileSize = { width: 640, height: 480, minFaceWidth: 24 };
export const SMALL_TILE: TileSize = { width: 360, height: 270, minFaceWidth: 14 };

const STRIDE = 0.7;
/** A box this near, in pixels, to an inner edge of a tile counts as cut off by it. The neighboring tile has the whole face. */
const EDGE_MARGIN = 4;
const MAX_OVERLAP = 0.35;
/** The maximum overlap as a share of the smaller box. It drops the half of a face from one tile if another tile has the whole face. */
const MAX_INSIDE = 0.6;

/** Tiles of one size that cover the picture, each overlapping the next by 30 %. Empty if the picture is not larger than a tile. */
export function tilesOver(picture: Raster, size: TileSize): Region[] {
  if (picture.width <= size.width && picture.height <= size.height) return [];
  const columns = tileStarts(picture.width, size.width);
  return tileStarts(picture.height, size.height).flatMap((y) =>
    columns.map((x) => ({
      x,
      y,
      width: Math.min(size.width, picture.width - x),
      height: Math.min(size.height, picture.height - y),
    })),
  );
}

/** The start positions of tiles along one axis. The last tile ends at the picture's edge. */
function tileStarts(length: number, tile: number): number[] {
  const at: number[] = [];
  for (let start = 0; start + tile < length; start += Math.round(tile * STRIDE)) at.push(start);
  at.push(Math.max(0, length - tile));
  return at;
}

/** Detects faces in tiles, which finds smaller ones, and merges them with those already `found`. */
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
  return suppressOverlaps(suppressOverlaps(all, MAX_OVERLAP), MAX_INSIDE, intersectionOverSmaller);
}

/** Whether the box touches an edge of the tile that is not an edge of the picture. */
function isCut({ x, y, width, height }: Box, tile: Region, picture: Raster): boolean {
  return (
    (tile.x > 0 && x < tile.x + EDGE_MARGIN) ||
    (tile.y > 0 && y < tile.y + EDGE_MARGIN) ||
    (tile.x + tile.width < picture.width && x + width > tile.x + tile.width - EDGE_MARGIN) ||
    (tile.y + tile.height < picture.height && y + height > tile.y + tile.height - EDGE_MARGIN)
  );
}
