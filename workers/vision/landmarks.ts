import { batchOf, type PixelContract, planesAt } from "../../imaging/planes.ts";
import type { Raster } from "../../imaging/raster.ts";
import { resample } from "../../imaging/resample.ts";
import type { Point } from "../../imaging/similarity.ts";
import { type Box, type Scored, squared } from "./boxes.ts";
import type { Net } from "./runtime.ts";

/** Left eye, right eye, nose, left and right corner of the mouth, as they lie in the picture. */
export type Landmarks = readonly [Point, Point, Point, Point, Point];

export interface Located extends Scored {
  /** The box that the second look corrected. */
  corrected: Box;
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

/** Faces that go through the net at once. */
const BATCH = 16;

/**
 * MTCNN's O-Net (Zhang et al. 2016), twice: the first look corrects the box, the second reads the landmarks from the
 * corrected one. Crops are the squares about the boxes, black beyond the picture.
 */
export function createLandmarker(net: Net, contract: PixelContract): Landmarker {
  async function look(picture: Raster, boxes: readonly Box[]): Promise<Look[]> {
    const looks: Look[] = [];
    for (let start = 0; start < boxes.length; start += BATCH) {
      const squares = boxes.slice(start, start + BATCH).map(squared);
      const input = batchOf(squares.length, contract);
      for (const [i, square] of squares.entries()) resample(picture, square, planesAt(input, i, contract));
      const outputs = await net.run(input, [squares.length, 3, contract.height, contract.width]);
      const read = { probability: of(outputs, 2 * squares.length), box: of(outputs, 4 * squares.length), landmarks: of(outputs, 10 * squares.length) };
      looks.push(...squares.map((square, i) => readLook(read, i, square)));
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
    return candidates.map((candidate, i) => ({
      ...candidate,
      corrected: second[i]!.box,
      landmarks: second[i]!.landmarks,
      probability: Math.max(first[i]!.probability, second[i]!.probability),
    }));
  };
}

/** The three outputs are told apart by their lengths: exporters name them as they like. */
function of(outputs: Readonly<Record<string, Float32Array>>, length: number): Float32Array {
  const output = Object.values(outputs).find((candidate) => candidate.length === length);
  if (!output) throw new TypeError("The landmark net has not the outputs it should have.");
  return output;
}

interface Outputs {
  /** [n, 2]: not a face, a face. */
  probability: Float32Array;
  /** [n, 4]: corrections of the left, top, right and bottom edge, in sides of the square. */
  box: Float32Array;
  /** [n, 10]: five x, then five y, in sides of the square. */
  landmarks: Float32Array;
}

function readLook({ probability, box, landmarks }: Outputs, i: number, square: Box): Look {
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
