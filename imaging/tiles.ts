import { crop } from "./border.ts";
import type { Picture } from "./picture.ts";

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
 */
export async function inTiles(
  picture: Picture,
  { size, overlap, multiple, least = 1 }: Tiling,
  work: (part: Picture, at: { x: number; y: number }) => Promise<Picture>,
): Promise<Picture> {
  const { width, height } = picture;
  const whole = extended(picture, upTo(Math.max(width, least), multiple), upTo(Math.max(height, least), multiple));
  const result = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y += size) {
    for (let x = 0; x < width; x += size) {
      const [left, top] = [Math.max(0, x - overlap), Math.max(0, y - overlap)];
      const right = Math.min(whole.width, x + size + overlap);
      const bottom = Math.min(whole.height, y + size + overlap);
      const done = await work(crop(whole, left, top, right - left, bottom - top), { x: left, y: top });
      const own = { width: Math.min(size, width - x), height: Math.min(size, height - y) };
      const part = crop(done, x - left, y - top, own.width, own.height);
      for (let row = 0; row < 3 * own.height; row++) {
        const channel = Math.floor(row / own.height);
        const at = (channel * height + y + (row % own.height)) * width + x;
        result.set(part.data.subarray(row * own.width, (row + 1) * own.width), at);
      }
    }
  }
  return { width, height, data: result };
}

const upTo = (size: number, multiple: number): number => multiple * Math.ceil(size / multiple);

/** The picture with its last columns and rows mirrored on, until it has these sides. */
function extended({ width, height, data }: Picture, toWidth: number, toHeight: number): Picture {
  if (width === toWidth && height === toHeight) return { width, height, data };
  const mirrored = (i: number, size: number) => Math.max(0, i < size ? i : 2 * size - 2 - i);
  const result = new Float32Array(3 * toWidth * toHeight);
  let next = 0;
  for (let channel = 0; channel < 3; channel++)
    for (let y = 0; y < toHeight; y++) {
      const row = (channel * height + mirrored(y, height)) * width;
      for (let x = 0; x < toWidth; x++) result[next++] = data[row + mirrored(x, width)]!;
    }
  return { width: toWidth, height: toHeight, data: result };
}
