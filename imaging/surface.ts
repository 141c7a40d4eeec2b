import type { Picture } from "./picture.ts";
import type { Raster } from "./raster.ts";

/** Pixels that are read and written one part at a time, so that the whole picture never has to be in memory as floats. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Returns the part that begins at (x, y), in [0, 1]. Beyond the right and bottom edges the picture is mirrored. */
  read(x: number, y: number, width: number, height: number): Picture;
  /** Writes a part at (x, y). The part must be inside the surface. */
  write(part: Picture, x: number, y: number): void;
}

/** A surface on a picture's own planes. */
export function pictureSurface({ width, height, data }: Picture): Surface {
  const pixels = width * height;
  return {
    width,
    height,
    read: (x, y, w, h) => gathered({ width, height, data, pixel: 1, channel: pixels, unit: 1 }, x, y, w, h),
    write(part, x, y) {
      for (let row = 0; row < 3 * part.height; row++) {
        const channel = Math.floor(row / part.height);
        const at = (channel * height + y + (row % part.height)) * width + x;
        data.set(part.data.subarray(row * part.width, (row + 1) * part.width), at);
      }
    },
  };
}

/** A surface on a raster. Written values are clamped to [0, 1], rounded to 8 bits a channel, and opaque. */
export function rasterSurface({ width, height, data }: Raster): Surface {
  const bytes = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  return {
    width,
    height,
    read: (x, y, w, h) => gathered({ width, height, data, pixel: 4, channel: 1, unit: 255 }, x, y, w, h),
    write(part, x, y) {
      const size = part.width * part.height;
      for (let row = 0, i = 0; row < part.height; row++) {
        let at = 4 * ((y + row) * width + x);
        for (let column = 0; column < part.width; column++, i++, at += 4) {
          bytes[at] = 255 * part.data[i]!;
          bytes[at + 1] = 255 * part.data[size + i]!;
          bytes[at + 2] = 255 * part.data[2 * size + i]!;
          bytes[at + 3] = 255;
        }
      }
    },
  };
}

/** A black, transparent raster. */
export const blankRaster = (width: number, height: number): Raster => ({
  width,
  height,
  data: new Uint8Array(4 * width * height),
});

/** A memory layout: the strides between pixels (`pixel`) and between channels (`channel`), and the stored value of 1 (`unit`). */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array | Uint8Array;
  readonly pixel: number;
  readonly channel: number;
  readonly unit: number;
}

function gathered(from: Layout, x: number, y: number, width: number, height: number): Picture {
  const { data, pixel, unit } = from;
  const columns = Int32Array.from({ length: width }, (_, i) => pixel * mirroredIndex(x + i, from.width));
  const result = new Float32Array(3 * width * height);
  let next = 0;
  for (let channel = 0; channel < 3; channel++)
    for (let row = 0; row < height; row++) {
      const start = channel * from.channel + pixel * from.width * mirroredIndex(y + row, from.height);
      for (let column = 0; column < width; column++) result[next++] = data[start + columns[column]!]! / unit;
    }
  return { width, height, data: result };
}

/** The mirrored index of a pixel beyond the end, without repeating the last pixel. `i` is less than 2·size. */
const mirroredIndex = (i: number, size: number): number => Math.max(0, i < size ? i : 2 * size - 2 - i);
