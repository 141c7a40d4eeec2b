import { type Picture, pictureOf } from "./picture.ts";
import { batchOf, type PixelContract, planesAt } from "./planes.ts";
import { type Raster, wholeOf } from "./raster.ts";
import { resample } from "./resample.ts";
import { blankRaster, rasterSurface } from "./surface.ts";

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
    const center = (i + 0.5) * step - 0.5;
    const first = Math.floor(center - reach) + 1;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = Math.max(0, 1 - Math.abs(first + k - center) / reach);
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

/** Rows of the result that are held as float pixels at a time. */
const BAND_ROWS = 64;

/** Shrinks a raster to a longer side of at most `longerSide` pixels. Keeps the aspect ratio; each side has at least one pixel. */
export function shrunk(raster: Raster, longerSide: number): Raster {
  const k = longerSide / Math.max(raster.width, raster.height);
  const side = (length: number) => Math.max(1, Math.round(length * k));
  return k >= 1 ? raster : resized(raster, side(raster.width), side(raster.height));
}

/** Resizes a raster with `resample`. */
export function resized(raster: Raster, width: number, height: number): Raster {
  const result = blankRaster(width, height);
  const surface = rasterSurface(result);
  const stepY = raster.height / height;
  for (let y = 0; y < height; y += BAND_ROWS) {
    const rows = Math.min(BAND_ROWS, height - y);
    const contract: PixelContract = { channels: "RGB", width, height: rows, mean: 0, scale: 255 };
    const data = batchOf(1, contract);
    const region = { x: 0, y: y * stepY, width: raster.width, height: rows * stepY };
    resample(raster, region, planesAt(data, 0, contract));
    surface.write({ width, height: rows, data }, 0, y);
  }
  return result;
}

/** Resizes to a longer side of `longerSide` pixels. Keeps the aspect ratio; the shorter side has at least one pixel. */
export function withLongerSide(raster: Raster, longerSide: number): Picture {
  const scale = longerSide / Math.max(raster.width, raster.height);
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const contract = {
    channels: "RGB",
    width: side(raster.width),
    height: side(raster.height),
    mean: 0,
    scale: 255,
  } as const;
  if (contract.width === raster.width && contract.height === raster.height) return pictureOf(raster);
  const data = batchOf(1, contract);
  resample(raster, wholeOf(raster), planesAt(data, 0, contract));
  return { width: contract.width, height: contract.height, data };
}
