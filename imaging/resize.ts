import type { Picture } from "./picture.ts";

/**
 * Resizes a picture. The filter is separable, with a tent (triangle) kernel. Enlarging, the tent is two source pixels wide, which
 * is bilinear interpolation between pixel centers. Shrinking, it is two result pixels wide, so that every source pixel counts.
 * Beyond the edge, the edge pixel is repeated. A flat picture stays flat.
 */
export function resize({ width, height, data }: Picture, toWidth: number, toHeight: number): Picture {
  return { width: toWidth, height: toHeight, data: resizePlanes(data, width, height, toWidth, toHeight) };
}

/** {@link resize} for any number of planes [n, height, width], for example a mask. */
export function resizePlanes(
  planes: Float32Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Float32Array {
  const count = planes.length / (width * height);
  const across = tapsOf(width, toWidth);
  const down = tapsOf(height, toHeight);
  const result = new Float32Array(count * toWidth * toHeight);
  const narrowed = new Float32Array(toWidth * height);
  for (let plane = 0; plane < count; plane++) {
    resizeRows(planes.subarray(plane * width * height), width, height, across, narrowed, toWidth);
    resizeColumns(narrowed, toWidth, down, result.subarray(plane * toWidth * toHeight), toHeight);
  }
  return result;
}

/** For each result pixel i along an axis: `count` source pixels, sources[i·count + k], with weights that sum to 1. */
interface Taps {
  readonly count: number;
  readonly sources: Int32Array;
  readonly weights: Float32Array;
}

/** Pixel centers are at i + ½. The tent's half width is one source pixel, or one result pixel if that is wider. */
function tapsOf(size: number, toSize: number): Taps {
  const step = size / toSize;
  const reach = Math.max(1, step);
  const count = 2 * Math.ceil(reach);
  const sources = new Int32Array(count * toSize);
  const weights = new Float32Array(count * toSize);
  for (let i = 0; i < toSize; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const first = Math.floor(centre - reach) + 1;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = Math.max(0, 1 - Math.abs(first + k - centre) / reach);
      sources[i * count + k] = Math.min(size - 1, Math.max(0, first + k));
      weights[i * count + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) weights[i * count + k] = weights[i * count + k]! / sum;
  }
  return { count, sources, weights };
}

function resizeRows(
  from: Float32Array,
  width: number,
  height: number,
  { count, sources, weights }: Taps,
  to: Float32Array,
  toWidth: number,
): void {
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0, tap = 0; x < toWidth; x++) {
      let sum = 0;
      for (const end = tap + count; tap < end; tap++) sum += weights[tap]! * from[row + sources[tap]!]!;
      to[y * toWidth + x] = sum;
    }
  }
}

/** Works row by row, to read memory in order. `to` must be all zeros. */
function resizeColumns(
  from: Float32Array,
  width: number,
  { count, sources, weights }: Taps,
  to: Float32Array,
  toHeight: number,
): void {
  for (let y = 0; y < toHeight; y++) {
    const row = y * width;
    for (let k = 0; k < count; k++) {
      const weight = weights[y * count + k]!;
      if (weight === 0) continue;
      const source = sources[y * count + k]! * width;
      for (let x = 0; x < width; x++) to[row + x] = to[row + x]! + weight * from[source + x]!;
    }
  }
}
