import { type Planes, planeOffsets } from "./planes.ts";
import type { Raster, Region } from "./raster.ts";

/** Shrinking by more than this factor, each result pixel is the mean of its whole source area. Fewer samples would alias. */
export const AREA_THRESHOLD = 1.5;

/**
 * Scales a region of a raster to the top-left `width` × `height` pixels of `target`. Interpolates bilinearly between pixel
 * centers. If it shrinks by more than {@link AREA_THRESHOLD}, it takes the mean over the source area. Black beyond the raster.
 */
export function resample(
  source: Raster,
  region: Region,
  target: Planes,
  width: number = target.width,
  height: number = target.height,
): void {
  if (region.width > AREA_THRESHOLD * width || region.height > AREA_THRESHOLD * height)
    average(source, region, target, width, height);
  else interpolate(source, region, target, width, height);
}

/**
 * Fits a whole region into the top-left corner of `target`, with its aspect ratio. Black fills the rest. Returns the scale
 * k = target pixels / source pixels.
 */
export function letterbox(source: Raster, region: Region, target: Planes): number {
  const k = Math.min(target.width / region.width, target.height / region.height);
  const black = -target.mean / target.scale;
  target.data.fill(black, target.offset, target.offset + 3 * target.width * target.height);
  const width = Math.max(1, Math.min(target.width, Math.round(region.width * k)));
  const height = Math.max(1, Math.min(target.height, Math.round(region.height * k)));
  resample(source, region, target, width, height);
  return k;
}

/** The two source neighbors of each result pixel, and the weight of the second. `inside` is 1 if the pixel is on the raster. */
interface Taps {
  first: Int32Array;
  second: Int32Array;
  weight: Float32Array;
  inside: Uint8Array;
}

/** Taps along one axis. The center of result pixel i is at start + (i + ½)·step of `size` source pixels. */
function bilinearTaps(count: number, start: number, step: number, size: number): Taps {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const weight = new Float32Array(count);
  const inside = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const center = start + (i + 0.5) * step;
    const at = Math.max(0, Math.min(size - 1, center - 0.5));
    first[i] = Math.floor(at);
    second[i] = Math.min(size - 1, first[i]! + 1);
    weight[i] = at - first[i]!;
    inside[i] = center >= 0 && center < size ? 1 : 0;
  }
  return { first, second, weight, inside };
}

function interpolate(source: Raster, region: Region, target: Planes, width: number, height: number): void {
  const across = bilinearTaps(width, region.x, region.width / width, source.width);
  const down = bilinearTaps(height, region.y, region.height / height, source.height);
  const [red, green, blue] = planeOffsets(target);
  const { data } = source;
  const out = target.data;
  const gain = 1 / target.scale;
  const bias = -target.mean / target.scale;
  for (let y = 0; y < height; y++) {
    const upper = 4 * source.width * down.first[y]!;
    const lower = 4 * source.width * down.second[y]!;
    const v = down.weight[y]!;
    const rowInside = down.inside[y]!;
    for (let x = 0, at = y * target.width; x < width; x++, at++) {
      if ((rowInside & across.inside[x]!) === 0) {
        out[red + at] = bias;
        out[green + at] = bias;
        out[blue + at] = bias;
        continue;
      }
      const left = 4 * across.first[x]!;
      const right = 4 * across.second[x]!;
      const u = across.weight[x]!;
      const a = (1 - u) * (1 - v);
      const b = u * (1 - v);
      const c = (1 - u) * v;
      const d = u * v;
      const ul = upper + left;
      const ur = upper + right;
      const ll = lower + left;
      const lr = lower + right;
      out[red + at] = (a * data[ul]! + b * data[ur]! + c * data[ll]! + d * data[lr]!) * gain + bias;
      out[green + at] = (a * data[ul + 1]! + b * data[ur + 1]! + c * data[ll + 1]! + d * data[lr + 1]!) * gain + bias;
      out[blue + at] = (a * data[ul + 2]! + b * data[ur + 2]! + c * data[ll + 2]! + d * data[lr + 2]!) * gain + bias;
    }
  }
}

/** The source pixels `from` ≤ i < `to` that a result pixel covers along one axis, and its shares of the first and last ones. */
interface Spans {
  from: Int32Array;
  to: Int32Array;
  head: Float32Array;
  tail: Float32Array;
}

function spansOf(count: number, start: number, step: number, size: number): Spans {
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  const head = new Float32Array(count);
  const tail = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const begin = Math.max(0, Math.min(size, start + i * step));
    const end = Math.max(0, Math.min(size, start + (i + 1) * step));
    from[i] = Math.floor(begin);
    to[i] = end > begin ? Math.ceil(end) : from[i]!;
    head[i] = Math.min(from[i]! + 1, end) - begin;
    tail[i] = end - Math.max(to[i]! - 1, begin);
  }
  return { from, to, head, tail };
}

/** Separable box filter: sums along each source row into result columns, then sums the rows. */
function average(source: Raster, region: Region, target: Planes, width: number, height: number): void {
  const stepX = region.width / width;
  const stepY = region.height / height;
  const across = spansOf(width, region.x, stepX, source.width);
  const down = spansOf(height, region.y, stepY, source.height);
  const [red, green, blue] = planeOffsets(target);
  const { data } = source;
  const out = target.data;
  const gain = 1 / (target.scale * stepX * stepY);
  const bias = -target.mean / target.scale;
  const sums = new Float32Array(3 * width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    const top = down.from[y]!;
    const bottom = down.to[y]!;
    for (let row = top; row < bottom; row++) {
      const rowWeight = row === top ? down.head[y]! : row === bottom - 1 ? down.tail[y]! : 1;
      const base = 4 * source.width * row;
      for (let x = 0; x < width; x++) {
        const last = across.to[x]! - 1;
        const first = across.from[x]!;
        if (last < first) continue;
        let i = base + 4 * first;
        const head = across.head[x]!;
        let r = head * data[i]!;
        let g = head * data[i + 1]!;
        let b = head * data[i + 2]!;
        if (last > first) {
          const end = base + 4 * last;
          for (i += 4; i < end; i += 4) {
            r += data[i]!;
            g += data[i + 1]!;
            b += data[i + 2]!;
          }
          const tail = across.tail[x]!;
          r += tail * data[end]!;
          g += tail * data[end + 1]!;
          b += tail * data[end + 2]!;
        }
        sums[3 * x] = sums[3 * x]! + rowWeight * r;
        sums[3 * x + 1] = sums[3 * x + 1]! + rowWeight * g;
        sums[3 * x + 2] = sums[3 * x + 2]! + rowWeight * b;
      }
    }
    for (let x = 0, at = y * target.width; x < width; x++, at++) {
      out[red + at] = sums[3 * x]! * gain + bias;
      out[green + at] = sums[3 * x + 1]! * gain + bias;
      out[blue + at] = sums[3 * x + 2]! * gain + bias;
    }
  }
}
