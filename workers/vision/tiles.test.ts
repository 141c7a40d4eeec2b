import fc from "fast-check";
import { expect, test } from "vitest";
import type { Raster, Region } from "../../imaging/raster.ts";
import type { Box, Scored } from "./boxes.ts";
import { detectInTiles, LARGE_TILE, SMALL_TILE, tilesOver } from "./tiles.ts";

const blank = (width: number, height: number): Raster => ({ width, height, data: new Uint8Array() });

/** A detector that finds the given faces and, like a real one, cuts them off at the edges of the region. */
const detectorOf =
  (...faces: Box[]) =>
  async (_: Raster, { x, y, width, height }: Region): Promise<Scored[]> =>
    faces.flatMap((face) => {
      const left = Math.max(x, face.x);
      const top = Math.max(y, face.y);
      const right = Math.min(x + width, face.x + face.width);
      const bottom = Math.min(y + height, face.y + face.height);
      if (right - left < face.width / 2 || bottom - top < face.height / 2) return [];
      return [{ confidence: 0.9, box: { x: left, y: top, width: right - left, height: bottom - top } }];
    });

test("a face as large as the overlap is completely inside at least one tile", () => {
  const side = fc.integer({ min: 20, max: 3000 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (width, height, u, v) => {
        const tiles = tilesOver(blank(width, height), SMALL_TILE);
        fc.pre(tiles.length > 0);
        const face = { width: Math.min(70, width), height: Math.min(70, height) };
        const x = u * (width - face.width);
        const y = v * (height - face.height);
        const whole = tiles.some(
          (tile) =>
            tile.x <= x &&
            tile.y <= y &&
            tile.x + tile.width >= x + face.width &&
            tile.y + tile.height >= y + face.height,
        );
        expect(whole).toBe(true);
        for (const tile of tiles) {
          expect(tile.x + tile.width).toBeLessThanOrEqual(width);
          expect(tile.y + tile.height).toBeLessThanOrEqual(height);
        }
      },
    ),
  );
});

test("a picture that is not larger than a tile has no tiles", () => {
  expect(tilesOver(blank(640, 480), LARGE_TILE)).toEqual([]);
});

test("a face that several tiles detect, whole or cut off, is returned once and whole", async () => {
  const face = { x: 430, y: 330, width: 80, height: 100 };
  const found = await detectInTiles(blank(1600, 1200), [LARGE_TILE, SMALL_TILE], [], detectorOf(face));
  expect(found.map(({ box }) => box)).toEqual([face]);
});

test("a face that the picture's edge cuts off is kept", async () => {
  const face = { x: -20, y: 100, width: 60, height: 60 };
  const found = await detectInTiles(blank(1600, 1200), [LARGE_TILE], [], detectorOf(face));
  expect(found.map(({ box }) => box)).toEqual([{ x: 0, y: 100, width: 40, height: 60 }]);
});
