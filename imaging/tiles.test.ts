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

/** Each pixel plus twice the one `reach` to the right and below, over a mirrored border. */
function shifted(picture: Picture, reach: number): Picture {
  const { width, height } = picture;
  const moved = crop(reflectPad(picture, reach), 2 * reach, 2 * reach, width, height);
  return { width, height, data: picture.data.map((v, i) => v + 2 * moved.data[i]!) };
}

test("in tiles or at once: the same, where the overlap is as far as the work sees", async () => {
  const size = fc.integer({ min: 4, max: 44 });
  await fc.assert(
    fc.asyncProperty(size, size, fc.integer({ min: 1, max: 6 }), async (width, height, reach) => {
      // Where nothing has to be mirrored on, the work on the whole is what tiles must come to.
      const picture = numbered(4 * Math.ceil(width / 4), 4 * Math.ceil(height / 4));
      const tiling = { size: 16, overlap: 8, multiple: 4, least: 8 };
      if (Math.min(picture.width, picture.height) < tiling.least) return;
      const done = await tiled(picture, tiling, async (part) => shifted(part, reach));
      expect(done).toEqual(shifted(picture, reach));
    }),
    { numRuns: 40 },
  );
});

test("what is worked on begins at multiples, has sides that are some, and is never larger than a tile and its overlap", async () => {
  const size = fc.integer({ min: 1, max: 44 });
  await fc.assert(
    fc.asyncProperty(size, size, async (width, height) => {
      const picture = numbered(width, height);
      const done = await tiled(picture, { size: 16, overlap: 8, multiple: 4, least: 8 }, async (part, at) => {
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
