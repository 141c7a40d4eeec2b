import { batchOf, type PixelContract, planesAt } from "./planes.ts";
import type { Raster } from "./raster.ts";
import { resample } from "./resample.ts";
import { blankRaster, rasterSurface } from "./surface.ts";

/** So many rows of the result are numbers at a time. */
const ROWS = 64;

/** The raster with its longer side at most so many pixels, in its proportions, each side of one at least. */
export function shrunk(raster: Raster, longerSide: number): Raster {
  const k = longerSide / Math.max(raster.width, raster.height);
  const side = (length: number) => Math.max(1, Math.round(length * k));
  return k >= 1 ? raster : resized(raster, side(raster.width), side(raster.height));
}

/** The raster at another size, resampled as by `resample`. */
export function resized(raster: Raster, width: number, height: number): Raster {
  const result = blankRaster(width, height);
  const surface = rasterSurface(result);
  const stepY = raster.height / height;
  for (let y = 0; y < height; y += ROWS) {
    const rows = Math.min(ROWS, height - y);
    const contract: PixelContract = { channels: "RGB", width, height: rows, mean: 0, scale: 255 };
    const data = batchOf(1, contract);
    const region = { x: 0, y: y * stepY, width: raster.width, height: rows * stepY };
    resample(raster, region, planesAt(data, 0, contract));
    surface.write({ width, height: rows, data }, 0, y);
  }
  return result;
}
