import { batchOf, type PixelContract, planesAt } from "./planes.ts";
import type { Raster } from "./raster.ts";
import { resample } from "./resample.ts";
import { blankRaster, rasterSurface } from "./surface.ts";

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
