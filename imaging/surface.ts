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
    read: (x, y, w, h) => gathered(x, y, w, h, { width, height }, (pixel, channel) => data[channel * pixels + pixel]!),
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
    read: (x, y, w, h) => gathered(x, y, w, h, { width, height }, (pixel, channel) => data[4 * pixel + channel]! / 255),
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

function gathered(
  x: number,
  y: number,
  width: number,
  height: number,
  whole: { width: number; height: number },
  value: (pixel: number, channel: number) => number,
): Picture {
  const columns = Int32Array.from({ length: width }, (_, i) => mirroredOn(x + i, whole.width));
  const data = new Float32Array(3 * width * height);
  let next = 0;
  for (let channel = 0; channel < 3; channel++)
    for (let row = 0; row < height; row++) {
      const start = mirroredOn(y + row, whole.height) * whole.width;
      for (let column = 0; column < width; column++) data[next++] = value(start + columns[column]!, channel);
    }
  return { width, height, data };
}

/** Where a pixel beyond the end is found; the last one is not repeated. At most as many beyond it as there are. */
const mirroredOn = (i: number, size: number): number => Math.max(0, i < size ? i : 2 * size - 2 - i);
