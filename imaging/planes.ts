/** The input format of a net: channel order, size, and value = (byte − mean) / scale. */
export interface PixelContract {
  readonly channels: "RGB" | "BGR";
  readonly width: number;
  readonly height: number;
  readonly mean: number;
  readonly scale: number;
}

/** One picture of a batch: three planes [3, height, width] that begin at `offset` of a [n, 3, height, width] tensor. */
export interface Planes extends PixelContract {
  readonly data: Float32Array;
  readonly offset: number;
}

/** Allocates a flat [n, 3, height, width] tensor for `n` pictures of this contract. */
export const batchOf = (n: number, contract: PixelContract): Float32Array =>
  new Float32Array(n * 3 * contract.width * contract.height);

/** The planes of picture `index` of a batch made by {@link batchOf}. */
export function planesAt(batch: Float32Array, index: number, contract: PixelContract): Planes {
  const { channels, width, height, mean, scale } = contract;
  return { channels, width, height, mean, scale, data: batch, offset: index * 3 * width * height };
}

/** The offsets of the red, green and blue planes in `planes.data`. */
export function planeOffsets({ channels, offset, width, height }: Planes): [red: number, green: number, blue: number] {
  const size = width * height;
  return channels === "RGB" ? [offset, offset + size, offset + 2 * size] : [offset + 2 * size, offset + size, offset];
}
