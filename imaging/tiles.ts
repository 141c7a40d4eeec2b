import { crop } from "./border.ts";
import type { Picture } from "./picture.ts";
import type { Surface } from "./surface.ts";

export interface Tiling {
  /** Sides of what a tile gives of the result, in pixels; what is worked on is larger by the overlap on each side. */
  readonly size: number;
  /** How far beyond its own pixels a tile sees, in pixels: as far as they depend on, and no seam can be seen. */
  readonly overlap: number;
  /** Sides of what is worked on are multiples of this, and begin at multiples of it; `size` and `overlap` are some, too. */
  readonly multiple: number;
  /** Sides are at least this: a smaller picture is mirrored on. */
  readonly least?: number;
}

/**
 * The same as working on the whole picture, for work whose pixels depend on no others than those `overlap` away, without ever
 * having more than a tile in hand. `work` gives back a picture of the size that it was given; it is told where that lies.
 * `to` may not be `from`: tiles see their neighbours' pixels as they were.
 */
export async function inTiles(
  from: Surface,
  to: Surface,
  { size, overlap, multiple, least = 1 }: Tiling,
  work: (part: Picture, at: { x: number; y: number }) => Promise<Picture>,
): Promise<void> {
  const { width, height } = from;
  const [wholeWidth, wholeHeight] = [width, height].map((side) => upTo(Math.max(side, least), multiple));
  for (let y = 0; y < height; y += size) {
    for (let x = 0; x < width; x += size) {
      const [left, top] = [Math.max(0, x - overlap), Math.max(0, y - overlap)];
      const right = Math.min(wholeWidth!, x + size + overlap);
      const bottom = Math.min(wholeHeight!, y + size + overlap);
      const done = await work(from.read(left, top, right - left, bottom - top), { x: left, y: top });
      const own = { width: Math.min(size, width - x), height: Math.min(size, height - y) };
      to.write(crop(done, x - left, y - top, own.width, own.height), x, y);
    }
  }
}

const upTo = (size: number, multiple: number): number => multiple * Math.ceil(size / multiple);
