/** Pixels in memory: RGBA, 8 bits a channel, rows from the top, no padding. `data` holds 4·width·height bytes. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A part of a raster in pixels; it may be fractional and may reach beyond the edges, where everything is black. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Frees the memory of the pixels at once. The garbage collector would let more than a hundred megabytes accumulate, which is too much
 * for an isolate. The raster must not be used afterwards: it is empty.
 */
export function discard({ data }: Raster): void {
  if (data.buffer instanceof ArrayBuffer) data.buffer.transfer(0);
}

export const wholeOf = (raster: Raster): Region => ({ x: 0, y: 0, width: raster.width, height: raster.height });
