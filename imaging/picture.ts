import type { Raster } from "./raster.ts";

/** A picture to reckon with: three planes [3, height, width], red, green and blue, in [0, 1]; between steps it may leave them. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** The colours of a raster; what is transparent is laid over black first by whoever decoded it (`composite.ts`). */
export function pictureOf({ width, height, data }: Raster): Picture {
  const pixels = width * height;
  const planes = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < pixels; i++) planes[channel * pixels + i] = data[4 * i + channel]! / 255;
  return { width, height, data: planes };
}

/** Rounded to 8 bits a channel, opaque; what lies outside [0, 1] is cut off. */
export function rasterOf({ width, height, data }: Picture): Raster {
  const pixels = width * height;
  const bytes = new Uint8ClampedArray(4 * pixels).fill(255);
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < pixels; i++) bytes[4 * i + channel] = 255 * data[channel * pixels + i]!;
  return { width, height, data: new Uint8Array(bytes.buffer) };
}
