import { compositeOnWhite } from "../../imaging/composite.ts";
import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import { type Raster, wholeOf } from "../../imaging/raster.ts";
import { letterbox } from "../../imaging/resample.ts";
import { warp } from "../../imaging/warp.ts";

/** Of the detector's size, so that what is compiled is compiled for what comes. */
const CONTRACT: PixelContract = { channels: "RGB", width: 320, height: 240, mean: 127, scale: 128 };
const ROUNDS = 2;

/**
 * Has the engine compile the pixel loops, on nothing. Later it would have to do it beside ONNX Runtime's own functions, behind
 * which they wait: then the first picture of an isolate spends 50 ms in loops that are interpreted. Here it takes about 20, while
 * the isolate starts.
 */
export function warmUp(): void {
  const planes = planesAt(batchOf(1, CONTRACT), 0, CONTRACT);
  for (const side of [250, 640]) {
    const raster: Raster = { width: side, height: side, data: new Uint8Array(4 * side * side).fill(255) };
    for (let round = 0; round < ROUNDS; round++) {
      compositeOnWhite(raster);
      letterbox(raster, wholeOf(raster), planes);
      warp(raster, { a: 0.8, b: 0.1, tx: 3, ty: 3 }, planes);
    }
  }
}
