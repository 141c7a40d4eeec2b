import { crop } from "./border.ts";
import type { Picture } from "./picture.ts";
import type { Surface } from "./surface.ts";

export interface Tiling {
  /** Side of a tile's part of the result, in pixels. The part that is processed is larger by the overlap on each side. */
  readonly size: number;
  /** How far a tile sees beyond its own pixels, in pixels. Must cover all that its pixels depend on, so that no seam is visible. */
  readonly overlap: number;
  /** Processed parts begin at multiples of this, and their sides are multiples of it. `size` and `overlap` must be multiples too. */
  readonly multiple: number;
  /** The minimum side of a processed part. A smaller picture is extended by mirroring. */
  readonly minSide?: number;
}

/**
 * Processes a picture tile by tile. The result equals that of processing the whole picture, if no pixel depends on pixels more
 * than `overlap` away. Only one tile is in memory at a time. `work` gets a part and its position, and returns a picture of the
 * same size. `to` must not be `from`, because tiles read their neighbors' original pixels.
 */
export async function inTiles(
  from: Surface,
  to: Surface,
  { size, overlap, multiple, minSide = 1 }: Tiling,
  work: (part: Picture, at: { x: number; y: number }) => Promise<Picture>,
): Promise<void> {
  const { width, height } = from;
  const [paddedWidth, paddedHeight] = [width, height].map((side) => roundUp(Math.max(side, minSide), multiple));
  for (let y = 0; y < height; y += size) {
    for (let x = 0; x < width; x += size) {
      const [left, top] = [Math.max(0, x - overlap), Math.max(0, y - overlap)];
      const right = Math.min(paddedWidth!, x + size + overlap);
      const bottom = Math.min(paddedHeight!, y + size + overlap);
      const done = await work(from.read(left, top, right - left, bottom - top), { x: left, y: top });
      const own = { width: Math.min(size, width - x), height: Math.min(size, height - y) };
      to.write(crop(done, x - left, y - top, own.width, own.height), x, y);
    }
  }
}

const roundUp = (size: number, multiple: number): number => multiple * Math.ceil(size / multiple);
