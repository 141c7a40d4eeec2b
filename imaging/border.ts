import type { Picture } from "./picture.ts";

/**
 * Adds a mirrored border of `border` pixels on each side, without repeating the edge pixels (… 2 1 | 0 1 2 …). If the border is
 * wider than the picture, the reflection continues back and forth.
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

/** The part of a picture that begins at (x, y). It must be inside the picture. */
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

/** The mirrored index of `i` in [0, size): a zigzag with period 2·size − 2. */
export function mirrored(i: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * size - 2;
  const phase = ((i % period) + period) % period;
  return phase < size ? phase : period - phase;
}
