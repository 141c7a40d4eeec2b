/** Pixels in memory: RGBA, 8 bits a channel, rows from the top, no padding. `data` holds 4·width·height bytes. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A part of a raster, in pixels. It can be fractional and can reach beyond the edges, where everything is black. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Frees the memory of the pixels at once. The garbage collector would let more than 100 MB accumulate, which an isolate does not
 * have. The raster is empty afterwards and must not be used.
 */
export function discard({ data }: Raster): void {
  if (data.buffer instanceof ArrayBuffer) data.buffer.transfer(0);
}

export const wholeOf = (raster: Raster): Region => ({ x: 0, y: 0, width: raster.width, height: raster.height });
