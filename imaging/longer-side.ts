import { type Picture, pictureOf } from "./picture.ts";
import { batchOf, planesAt } from "./planes.ts";
import { type Raster, wholeOf } from "./raster.ts";
import { resample } from "./resample.ts";

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
