import type { Raster } from "./raster.ts";

/** A picture of float pixels: planes [3, height, width], red, green and blue, in [0, 1]. Intermediate results can leave the range. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** The colors of a raster, which must be opaque (`composite.ts`). Alpha is ignored. */
export function pictureOf({ width, height, data }: Raster): Picture {
  const pixels = width * height;
  const planes = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < pixels; i++) planes[channel * pixels + i] = data[4 * i + channel]! / 255;
  return { width, height, data: planes };
}

/** Clamps to [0, 1] and rounds to 8 bits a channel. The raster is opaque. */
export function rasterOf({ width, height, data }: Picture): Raster {
  const pixels = width * height;
  const bytes = new Uint8ClampedArray(4 * pixels).fill(255);
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < pixels; i++) bytes[4 * i + channel] = 255 * data[channel * pixels + i]!;
  return { width, height, data: new Uint8Array(bytes.buffer) };
}
