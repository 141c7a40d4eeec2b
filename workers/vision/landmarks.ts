import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster } from "../../imaging/raster.ts";
import { resample } from "../../imaging/resample.ts";
import type { Point } from "../../imaging/similarity.ts";
import { type Box, type Scored, toSquare } from "./boxes.ts";
import type { Net, Outputs } from "./runtime.ts";

/** Left eye, right eye, nose, left and right corner of the mouth, in pixels. Left and right as seen in the picture. */
export type Landmarks = readonly [Point, Point, Point, Point, Point];

/** A face that the landmark net has located. The box is the corrected one. */
export interface LocatedFace extends Scored {
  landmarks: Landmarks;
  /** The probability of a face, in [0, 1]: the maximum of the two runs. */
  probability: number;
}

/** Locates for each box the exact face and its landmarks. */
export type Landmarker = (picture: Raster, candidates: readonly Scored[]) => Promise<LocatedFace[]>;

interface Prediction {
  probability: number;
  box: Box;
  landmarks: Landmarks;
}

/** The number of faces per run of the net. More save no time on one thread but take memory. */
const BATCH = 8;

/**
 * Runs MTCNN's O-Net (Zhang et al. 2016) twice. The first run corrects the box. The second run locates the landmarks in the corrected box
 * and corrects it again. Crops are the squares around the boxes, black outside the picture.
 *
 * The corrected box is more stable than the detector's. On 136 faces its IoU with itself is 0.96 when the picture is shifted (the
 * detector's: 0.88) and 0.90 when it is mirrored (0.88). Its margins around the landmarks vary half as much.
 */
export function createLandmarker(net: Net, contract: PixelContract): Landmarker {
  async function predict(picture: Raster, boxes: readonly Box[]): Promise<Prediction[]> {
    const predictions: Prediction[] = [];
    for (let start = 0; start < boxes.length; start += BATCH) {
      const squares = boxes.slice(start, start + BATCH).map(toSquare);
      const input = batchOf(squares.length, contract);
      for (const [i, square] of squares.entries()) resample(picture, square, planesAt(input, i, contract));
      const outputs = await net.run(input, [squares.length, 3, contract.height, contract.width]);
      predictions.push(...squares.map((square, i) => readPrediction(outputs, i, square)));
    }
    return predictions;
  }

  return async (picture, candidates) => {
    const first = await predict(
      picture,
      candidates.map(({ box }) => box),
    );
    const second = await predict(
      picture,
      first.map(({ box }) => box),
    );
    return candidates.map(({ confidence }, i) => ({
      confidence,
      box: second[i]!.box,
      landmarks: second[i]!.landmarks,
      probability: Math.max(first[i]!.probability, second[i]!.probability),
    }));
  };
}

/** Reads face `i` of `probability` [n, 2], `box` [n, 4] (corrections of the edges) and `landmarks` [n, 10] (five x, then five y). */
function readPrediction(outputs: Outputs, i: number, square: Box): Prediction {
  const { probability, box, landmarks } = outputs;
  if (!probability || !box || !landmarks)
    throw new TypeError("The landmark model has no outputs named probability, box and landmarks.");
  const side = square.width;
  const left = square.x + box[4 * i]! * side;
  const top = square.y + box[4 * i + 1]! * side;
  const right = square.x + side + box[4 * i + 2]! * side;
  const bottom = square.y + side + box[4 * i + 3]! * side;
  const point = (j: number): Point => ({
    x: square.x + landmarks[10 * i + j]! * side,
    y: square.y + landmarks[10 * i + 5 + j]! * side,
  });
  return {
    probability: probability[2 * i + 1]!,
    // Ignore a correction whose box would have no area.
    box: right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : square,
    landmarks: [point(0), point(1), point(2), point(3), point(4)],
  };
}
