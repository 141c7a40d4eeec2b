import type { Raster } from "./raster.ts";

/**
 * Composites the picture on white, in place: c' = 255 + (c − 255)·α, then α = 1. Colors under full transparency are lost, so
 * that only what a viewer sees remains.
 */
export function compositeOnWhite({ data }: Raster): void {
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    if (alpha === 255) continue;
    for (let c = i; c < i + 3; c++) data[c] = Math.round(255 + ((data[c]! - 255) * alpha) / 255);
    data[i + 3] = 255;
  }
}
