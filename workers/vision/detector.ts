import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster, Region } from "../../imaging/raster.ts";
import { letterbox } from "../../imaging/resample.ts";
import { type Scored, suppress } from "./boxes.ts";
import type { Net } from "./runtime.ts";

/** Finds the faces in a region of a picture; boxes in the picture's pixels, the surest first. */
export type Detector = (picture: Raster, region: Region) => Promise<Scored[]>;

/** Keeps the demo's faces from 26 pixels and the accuracy figures of the catalog: both were measured with it. */
const LEAST_CONFIDENCE = 0.65;
const MOST_OVERLAP = 0.4;
/** Boxes of one look, the surest: bounds what comparing them with those of other looks takes. */
const MOST_FOUND = 100;

/**
 * Ultra-Light-Fast-Generic-Face-Detector RFB-320. The region is fitted into 320×240; `scores` [1, 4420, 2] has the
 * probability of a face in its second column, `boxes` [1, 4420, 4] the corners x₀ y₀ x₁ y₁ in [0, 1] of the frame.
 */
export function createDetector(net: Net, contract: PixelContract): Detector {
  const input = batchOf(1, contract);
  const planes = planesAt(input, 0, contract);
  return async (picture, region) => {
    const k = letterbox(picture, region, planes);
    const { scores, boxes } = await net.run(input, [1, 3, contract.height, contract.width]);
    if (!scores || !boxes) throw new TypeError("The detector has no outputs named scores and boxes.");
    const found: Scored[] = [];
    for (let i = 0; 2 * i < scores.length; i++) {
      const confidence = scores[2 * i + 1]!;
      if (confidence <= LEAST_CONFIDENCE) continue;
      const x = boxes[4 * i]! * contract.width;
      const y = boxes[4 * i + 1]! * contract.height;
      const width = boxes[4 * i + 2]! * contract.width - x;
      const height = boxes[4 * i + 3]! * contract.height - y;
      if (width <= 0 || height <= 0) continue;
      found.push({
        confidence: Math.min(1, confidence),
        box: { x: region.x + x / k, y: region.y + y / k, width: width / k, height: height / k },
      });
    }
    return suppress(found, MOST_OVERLAP).slice(0, MOST_FOUND);
  };
}
