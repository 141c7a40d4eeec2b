import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster, Region } from "../../imaging/raster.ts";
import { letterbox } from "../../imaging/resample.ts";
import { type Scored, suppressOverlaps } from "./boxes.ts";
import type { Net } from "./runtime.ts";

/** Finds the faces in a region of a picture. Boxes are in pixels of the whole picture; most confident first. */
export type Detector = (picture: Raster, region: Region) => Promise<Scored[]>;

/** The catalog's accuracy figures were measured with this threshold. With it, the demo's faces are found from 26 pixels on. */
const MIN_CONFIDENCE = 0.65;
const MAX_OVERLAP = 0.4;
/** The maximum number of boxes of one detection. It bounds the cost of comparing them with those of other tiles. */
const MAX_DETECTIONS = 100;

/**
 * Ultra-Light-Fast-Generic-Face-Detector RFB-320. The region is letterboxed into an input of 320×240. `scores` [1, 4420, 2] has the
 * probability of a face in its second column. `boxes` [1, 4420, 4] has the corners x₀ y₀ x₁ y₁ as shares of the input, in [0, 1].
 */
export function createDetector(net: Net, contract: PixelContract): Detector {
  const input = batchOf(1, contract);
  const planes = planesAt(input, 0, contract);
  return async (picture, region) => {
    const scale = letterbox(picture, region, planes);
    const { scores, boxes } = await net.run(input, [1, 3, contract.height, contract.width]);
    if (!scores || !boxes) throw new TypeError("The detector model has no outputs named scores and boxes.");
    const found: Scored[] = [];
    for (let i = 0; 2 * i < scores.length; i++) {
      const confidence = scores[2 * i + 1]!;
      if (confidence <= MIN_CONFIDENCE) continue;
      const x = boxes[4 * i]! * contract.width;
      const y = boxes[4 * i + 1]! * contract.height;
      const width = boxes[4 * i + 2]! * contract.width - x;
      const height = boxes[4 * i + 3]! * contract.height - y;
      if (width <= 0 || height <= 0) continue;
      found.push({
        confidence: Math.min(1, confidence),
        box: { x: region.x + x / scale, y: region.y + y / scale, width: width / scale, height: height / scale },
      });
    }
    return suppressOverlaps(found, MAX_OVERLAP).slice(0, MAX_DETECTIONS);
  };
}
