import { planeOffsets, type Planes } from "./planes.ts";
import type { Raster } from "./raster.ts";
import { AREA_FROM } from "./resample.ts";
import { inverseOf, type Similarity } from "./similarity.ts";

/**
 * Fills `target` with the source as `toTarget` moves it: pixel (x, y) of the result is the source at
 * toTarget⁻¹(x, y), bilinear, black beyond the raster. Integer coordinates are pixel centres on both sides, as in the
 * alignment template. Where it shrinks by s > {@link AREA_FROM}, the mean of ⌈s⌉² samples spread over the source area.
 */
export function warp(source: Raster, toTarget: Similarity, target: Planes): void {
  const { a, b, tx, ty } = inverseOf(toTarget);
  const shrink = Math.hypot(a, b);
  const samples = shrink > AREA_FROM ? Math.ceil(shrink) : 1;
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
      let blu = 0;
      for (let j = 0; j < samples; j++) {
        const ty0 = y + start + j * spacing;
        for (let i = 0; i < samples; i++) {
          const tx0 = x + start + i * spacing;
          const sx = a * tx0 - b * ty0 + tx;
          const sy = b * tx0 + a * ty0 + ty;
          const left = Math.floor(sx);
          const top = Math.floor(sy);
          const u = sx - left;
          const v = sy - top;
          if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
            const p = top * stride + 4 * left;
            const q = p + stride;
            const w00 = (1 - u) * (1 - v);
            const w10 = u * (1 - v);
            const w01 = (1 - u) * v;
            const w11 = u * v;
            r += w00 * data[p]! + w10 * data[p + 4]! + w01 * data[q]! + w11 * data[q + 4]!;
            g += w00 * data[p + 1]! + w10 * data[p + 5]! + w01 * data[q + 1]! + w11 * data[q + 5]!;
            blu += w00 * data[p + 2]! + w10 * data[p + 6]! + w01 * data[q + 2]! + w11 * data[q + 6]!;
            continue;
          }
          if (left < -1 || top < -1 || left >= width || top >= height) continue;
          for (let k = 0; k < 4; k++) {
            const px = left + (k & 1);
            const py = top + (k >> 1);
            if (px < 0 || py < 0 || px >= width || py >= height) continue;
            const w = ((k & 1) === 1 ? u : 1 - u) * (k > 1 ? v : 1 - v);
            const p = py * stride + 4 * px;
            r += w * data[p]!;
            g += w * data[p + 1]!;
            blu += w * data[p + 2]!;
          }
        }
      }
      out[red + at] = r * gain + bias;
      out[green + at] = g * gain + bias;
      out[blue + at] = blu * gain + bias;
    }
  }
}
