import type { Picture } from "./picture.ts";
import type { Raster } from "./raster.ts";

/** Pixels that are read and written a part at a time, so that what is as large as the picture need not be numbers. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  /** The part that begins at (x, y), in [0, 1]. Beyond the right edge and the bottom the picture is mirrored on. */
  read(x: number, y: number, width: number, height: number): Picture;
  /** Puts a part where it belongs; it must lie inside. */
  write(part: Picture, x: number, y: number): void;
}

/** A picture as its own surface. */
export function pictureSurface({ width, height, data }: Picture): Surface {
  const pixels = width * height;
  return {
    width,
    height,
    read: (x, y, w, h) => gathered({ width, height, data, pixel: 1, channel: pixels, one: 1 }, x, y, w, h),
    write(part, x, y) {
      for (let row = 0; row < 3 * part.height; row++) {
        const channel = Math.floor(row / part.height);
        const at = (channel * height + y + (row % part.height)) * width + x;
        data.set(part.data.subarray(row * part.width, (row + 1) * part.width), at);
      }
    },
  };
}

/** A raster as a surface: what is written is rounded to 8 bits a channel, cut off at [0, 1], and opaque. */
export function rasterSurface({ width, height, data }: Raster): Surface {
  const clamping = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  return {
    width,
    height,
    read: (x, y, w, h) => gathered({ width, height, data, pixel: 4, channel: 1, one: 255 }, x, y, w, h),
    write(part, x, y) {
      const size = part.width * part.height;
      for (let row = 0, i = 0; row < part.height; row++) {
        let at = 4 * ((y + row) * width + x);
        for (let column = 0; column < part.width; column++, i++, at += 4) {
          clamping[at] = 255 * part.data[i]!;
          clamping[at + 1] = 255 * part.data[size + i]!;
          clamping[at + 2] = 255 * part.data[2 * size + i]!;
          clamping[at + 3] = 255;
        }
      }
    },
  };
}

/** A raster of this size, black and transparent. */
export const blankRaster = (width: number, height: number): Raster => ({
  width,
  height,
  data: new Uint8Array(4 * width * height),
});

/** Where numbers lie in memory: how far from one pixel to the next, and from one channel to the next; `one` is what 1 is there. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array | Uint8Array;
  readonly pixel: number;
  readonly channel: number;
  readonly one: number;
}

function gathered(from: Layout, x: number, y: number, width: number, height: number): Picture {
  const { data, pixel, one } = from;
  const columns = Int32Array.from({ length: width }, (_, i) => pixel * mirroredOn(x + i, from.width));
  const result = new Float32Array(3 * width * height);
  let next = 0;
  for (let channel = 0; channel < 3; channel++)
    for (let row = 0; row < height; row++) {
      const start = channel * from.channel + pixel * from.width * mirroredOn(y + row, from.height);
      for (let column = 0; column < width; column++) result[next++] = data[start + columns[column]!]! / one;
    }
  return { width, height, data: result };
}

/** Where a pixel beyond the end is found; the last one is not repeated. At most as many beyond it as there are. */
const mirroredOn = (i: number, size: number): number => Math.max(0, i < size ? i : 2 * size - 2 - i);
