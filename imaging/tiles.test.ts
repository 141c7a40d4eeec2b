import fc from "fast-check";
import { expect, test } from "vitest";
import { crop, reflectPad } from "./border.ts";
import type { Picture } from "./picture.ts";
import { pictureSurface } from "./surface.ts";
import { inTiles, type Tiling } from "./tiles.ts";

const numbered = (width: number, height: number): Picture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => ((i * 7919) % 1009) / 1009),
});

async function tiled(picture: Picture, tiling: Tiling, work: Parameters<typeof inTiles>[3]): Promise<Picture> {
  const result = { ...picture, data: new Float32Array(picture.data.length) };
  await inTiles(pictureSurface(picture), pictureSurface(result), tiling, work);
  return result;
}

/** Each pixel plus twice the pixel `reach` to the right and below, with a mirrored border. */
function shifted(picture: Picture, reach: number): Picture {
  const { width, height } = picture;
  const moved = crop(reflectPad(picture, reach), 2 * reach, 2 * reach, width, height);
  return { width, height, data: picture.data.map((v, i) => v + 2 * moved.data[i]!) };
}

test("tiles give the same result as the whole picture, if the overlap covers the reach", async () => {
  const size = fc.integer({ min: 4, max: 44 });
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer({ min: 1, max: 6 }), async (width, height, reach) => {
      // If no mirroring is needed, the expected result is that of the whole picture.
      const picture = numbered(4 * Math.ceil(width / 4), 4 * Math.ceil(height / 4));
      const tiling = { size: 16, overlap: 8, multiple: 4, minSide: 8 };
      if (Math.min(picture.width, picture.height) < tiling.minSide) return;
      const done = await tiled(picture, tiling, async (part) => shifted(part, reach));
      expect(done).toEqual(shifted(picture, reach));
    }),
    { numRuns: 40 },
  );
});

test("parts begin at multiples, have sides that are multiples, and are at most a tile with its overlap", async () => {
  const size = fc.integer({ min: 1, max: 44 });
  await fc.assert(
    fc.asyncProperty(size, size, async (width, height) => {
      const picture = numbered(width, height);
      const done = await tiled(picture, { size: 16, overlap: 8, multiple: 4, minSide: 8 }, async (part, at) => {
        for (const n of [at.x, at.y, part.width, part.height]) expect(n % 4).toBe(0);
        for (const n of [part.width, part.height]) expect(n).toBeGreaterThanOrEqual(8);
        for (const n of [part.width, part.height]) expect(n).toBeLessThanOrEqual(32);
        return part;
      });
      expect(done).toEqual(picture);
    }),
    { numRuns: 40 },
  );
});
