import { type Planes, planeOffsets } from "./planes.ts";
import type { Raster } from "./raster.ts";
import { AREA_THRESHOLD } from "./resample.ts";
import { inverseOf, type Similarity } from "./similarity.ts";

/**
 * Fills `target` with the source, transformed by `toTarget`: pixel (x, y) of the result is the source at toTarget⁻¹(x, y),
 * interpolated bilinearly; black beyond the raster. Integer coordinates are pixel centers on both sides, as in the alignment
 * template. If it shrinks by s > {@link AREA_THRESHOLD}, a pixel is the mean of ⌈s⌉² samples spread over its source area.
 */
export function warp(source: Raster, toTarget: Similarity, target: Planes): void {
  const { a, b, tx, ty } = inverseOf(toTarget);
  const shrink = Math.hypot(a, b);
  const samples = shrink > AREA_THRESHOLD ? Math.ceil(shrink) : 1;
  const { data, width, height } = source;
  const stride = 4 * width;
  const [red, green, blue] = planeOffsets(target);
  const out = target.data;
  const gain = 1 / (target.scale * samples * samples);
  const bias = -target.mean / target.scale;
  const spacing = 1 / samples;
  const start = spacing / 2 - 0.5;
  for (let y = 0, at = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++, at++) {
      let r = 0;
      let g = 0;
      let bl = 0;
      for (let n = 0; n < samples * samples; n++) {
        const px = x + start + (n % samples) * spacing;
        const py = y + start + Math.floor(n / samples) * spacing;
        const sx = a * px - b * py + tx;
        const sy = b * px + a * py + ty;
        const left = Math.floor(sx);
        const top = Math.floor(sy);
        if (left < -1 || top < -1 || left >= width || top >= height) continue;
        // A neighbor beyond the edge has weight 0; its address only has to be valid.
        const u0 = left < 0 ? 0 : left + 1 - sx;
        const u1 = left + 1 < width ? sx - left : 0;
        const v0 = top < 0 ? 0 : top + 1 - sy;
        const v1 = top + 1 < height ? sy - top : 0;
        const upper = stride * Math.max(0, top);
        const lower = stride * Math.min(height - 1, top + 1);
        const before = 4 * Math.max(0, left);
        const after = 4 * Math.min(width - 1, left + 1);
        const p = upper + before;
        const q = upper + after;
        const s = lower + before;
        const t = lower + after;
        r += v0 * (u0 * data[p]! + u1 * data[q]!) + v1 * (u0 * data[s]! + u1 * data[t]!);
        g += v0 * (u0 * data[p + 1]! + u1 * data[q + 1]!) + v1 * (u0 * data[s + 1]! + u1 * data[t + 1]!);
        bl += v0 * (u0 * data[p + 2]! + u1 * data[q + 2]!) + v1 * (u0 * data[s + 2]! + u1 * data[t + 2]!);
      }
      out[red + at] = r * gain + bias;
      out[green + at] = g * gain + bias;
      out[blue + at] = bl * gain + bias;
    }
  }
}
