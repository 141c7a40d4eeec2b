import { compositeOnWhite } from "../../imaging/composite.ts";
import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import { type Raster, wholeOf } from "../../imaging/raster.ts";
import { letterbox } from "../../imaging/resample.ts";
import { warp } from "../../imaging/warp.ts";

/** The size of the detector's input, so that the compiled code fits real requests. */
const CONTRACT: PixelContract = { channels: "RGB", width: 320, height: 240, mean: 127, scale: 128 };
const ROUNDS = 2;

/**
 * Runs the pixel loops on blank pictures so that the JavaScript engine compiles them while the isolate starts, which takes about 20 ms.
 * Otherwise their compilation would wait behind that of ONNX Runtime's functions, and the isolate's first picture would spend 50 ms in
 * interpreted loops.
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
