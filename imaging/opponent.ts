import { mirrored } from "./border.ts";
import type { Picture } from "./picture.ts";
import type { Raster } from "./raster.ts";
import { type Matrix3, transpose } from "./symmetric.ts";

/**
 * An orthonormal opponent basis. Its rows are luma, red − blue, magenta − green. Because it is orthonormal, distances between
 * colors equal those in RGB, and the inverse is the transpose.
 */
export const OPPONENT: Matrix3 = [
  ...[1, 1, 1].map((c) => c / Math.sqrt(3)),
  ...[1, 0, -1].map((c) => c / Math.sqrt(2)),
  ...[1, -2, 1].map((c) => c / Math.sqrt(6)),
];
const RGB = transpose(OPPONENT);

/** RGB in [0, 1] → luma in [0, √3] and two planes of chroma around 0. */
export const opponentOf = (picture: Picture): Picture => mapColors(picture, OPPONENT);

/** {@link opponentOf} for a raster with a mirrored border (`reflectPad`). Needs no memory except for the result. */
export function opponentOfRaster({ width, height, data }: Raster, border = 0): Picture {
  const [w, h] = [width + 2 * border, height + 2 * border];
  const columns = Int32Array.from({ length: w }, (_, x) => 4 * mirrored(x - border, width));
  const mapped = new Float32Array(3 * w * h);
  for (let channel = 0, at = 0; channel < 3; channel++) {
    const [r, g, b] = [0, 1, 2].map((c) => OPPONENT[3 * channel + c]! / 255) as [number, number, number];
    for (let y = 0; y < h; y++) {
      const row = 4 * width * mirrored(y - border, height);
      for (let x = 0; x < w; x++, at++) {
        const i = row + columns[x]!;
        mapped[at] = r * data[i]! + g * data[i + 1]! + b * data[i + 2]!;
      }
    }
  }
  return { width: w, height: h, data: mapped };
}

/** The inverse of {@link opponentOf}. */
export const rgbOf = (opponent: Picture): Picture => mapColors(opponent, RGB);

/** Maps each color c to M·c + offset. */
export function mapColors(
  { width, height, data }: Picture,
  m: Matrix3,
  offset: readonly number[] = [0, 0, 0],
): Picture {
  const pixels = width * height;
  const mapped = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++) {
    const [r, g, b] = [m[3 * channel]!, m[3 * channel + 1]!, m[3 * channel + 2]!];
    const shift = offset[channel]!;
    const out = mapped.subarray(channel * pixels, (channel + 1) * pixels);
    for (let i = 0; i < pixels; i++) out[i] = shift + r * data[i]! + g * data[pixels + i]! + b * data[2 * pixels + i]!;
  }
  return { width, height, data: mapped };
}
