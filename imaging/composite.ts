import type { Raster } from "./raster.ts";

/**
 * Lays the picture on white paper, in place: c' = 255 + (c − 255)·α, then α = 1. What a viewer sees is what is left:
 * colours hidden under full transparency are gone.
 */
export function compositeOnWhite({ data }: Raster): void {
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    if (alpha === 255) continue;
    for (let c = i; c < i + 3; c++) data[c] = Math.round(255 + ((data[c]! - 255) * alpha) / 255);
    data[i + 3] = 255;
  }
}
