import type { Picture } from "./picture.ts";

/**
 * The picture with a border of `border` pixels on each side in which it is mirrored; the edge pixels themselves are not
 * repeated (… 2 1 | 0 1 2 …). A border wider than the picture goes on mirroring to and fro.
 */
export function reflectPad({ width, height, data }: Picture, border: number): Picture {
  const paddedWidth = width + 2 * border;
  const paddedHeight = height + 2 * border;
  const columns = Int32Array.from({ length: paddedWidth }, (_, x) => mirrored(x - border, width));
  const padded = new Float32Array(3 * paddedWidth * paddedHeight);
  let at = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < paddedHeight; y++) {
      const row = (channel * height + mirrored(y - border, height)) * width;
      for (let x = 0; x < paddedWidth; x++) padded[at++] = data[row + columns[x]!]!;
    }
  }
  return { width: paddedWidth, height: paddedHeight, data: padded };
}

/** The part of a picture that begins at (x, y); it must lie inside. */
export function crop(
  { width, height, data }: Picture,
  x: number,
  y: number,
  toWidth: number,
  toHeight: number,
): Picture {
  const part = new Float32Array(3 * toWidth * toHeight);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < toHeight; row++) {
      const start = (channel * height + y + row) * width + x;
      part.set(data.subarray(start, start + toWidth), (channel * toHeight + row) * toWidth);
    }
  }
  return { width: toWidth, height: toHeight, data: part };
}

/** Where the mirror image of index `i` lies in [0, size): a zigzag of period 2·size − 2. */
export function mirrored(i: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * size - 2;
  const phase = ((i % period) + period) % period;
  return phase < size ? phase : period - phase;
}
