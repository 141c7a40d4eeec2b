import type { FloatTensor } from "../engine/run.ts";
import type { LayerRunner } from "./layer-runner.ts";
import { type MapRegion, NoUnitsError } from "./top-patches.ts";

/** Computes one number for each picture of a batch from the net's output. */
export type Score = (values: FloatTensor) => number[];

/**
 * The activation of a unit for a picture: the maximum or mean over its map, or over the region that `regionOf` returns.
 */
export function activationScore(
  unit: number,
  by: "max" | "mean",
  regionOf?: (map: { width: number; height: number }) => MapRegion,
): Score {
  return ({ shape: [n = 0, units = 0, height = 1, width = 1], data }) => {
    if (unit >= units) throw new NoUnitsError(`The layer has no unit ${unit}. Its units are 0 to ${units - 1}.`);
    const all: MapRegion = { rows: { first: 0, last: height - 1 }, columns: { first: 0, last: width - 1 } };
    const { rows, columns } = regionOf?.({ width, height }) ?? all;
    return Array.from({ length: n }, (_, i) => {
      const values: number[] = [];
      for (let row = rows.first; row <= rows.last; row++) {
        const at = ((i * units + unit) * height + row) * width;
        values.push(...data.subarray(at + columns.first, at + columns.last + 1));
      }
      return by === "max"
        ? values.reduce((a, b) => Math.max(a, b), -Infinity)
        : values.reduce((a, b) => a + b, 0) / values.length;
    });
  };
}

/**
 * The squared distance of each embedding [N, D] from a reference, both at unit length, in [0, 4]. Schroff et al. 2015,
 * eq. 1.
 */
export function distanceScore({ data: reference }: FloatTensor): Score {
  const norm = Math.hypot(...reference);
  return ({ data }) =>
    Array.from({ length: data.length / reference.length }, (_, i) => {
      const embedding = data.subarray(i * reference.length, (i + 1) * reference.length);
      const dot = embedding.reduce((sum, x, k) => sum + x * reference[k]!, 0);
      return 2 - (2 * dot) / (norm * Math.hypot(...embedding));
    });
}

export interface OcclusionOptions {
  /** The side of the gray square, in pixels. */
  square: number;
  /** The maximum distance between neighboring positions of the square, in pixels. */
  step: number;
  /** Mid-gray in the net's input scale, one number for each channel. */
  gray: readonly number[];
  /** The number of pictures in a batch. Default: 8. */
  batch?: number;
  /** Called after each batch with the number of finished positions and the total. */
  progress?: (done: number, total: number) => void;
}

export interface OcclusionResult {
  /** The score of the unchanged picture. */
  before: number;
  /** The change of the score with the square at each position: score(covered) − before. */
  changes: { left: number; top: number; change: number }[];
  /**
   * For every pixel, the mean change over the squares that covered it, weighted by its closeness to their centers,
   * [height, width].
   */
  heat: Float32Array;
}

/**
 * Finds the parts of a picture [1, C, H, W] on which a score depends, by covering each part in turn with a gray square.
 * Zeiler & Fergus 2014, section 4.2.
 */
export async function occlude(
  runner: LayerRunner,
  picture: FloatTensor,
  score: Score,
  { square, step, gray, batch = 8, progress }: OcclusionOptions,
): Promise<OcclusionResult> {
  const [, channels = 0, height = 0, width = 0] = picture.shape;
  const [before = 0] = score(await runner.run(picture));
  const positions = squarePositions(height, square, step).flatMap((top) =>
    squarePositions(width, square, step).map((left) => ({ left, top })),
  );
  const changes: OcclusionResult["changes"] = [];
  for (let at = 0; at < positions.length; at += batch) {
    const batchPositions = positions.slice(at, at + batch);
    const data = new Float32Array(batchPositions.length * picture.data.length);
    for (let i = 0; i < batchPositions.length; i++) data.set(picture.data, i * picture.data.length);
    for (const [i, { left, top }] of batchPositions.entries())
      for (let channel = 0; channel < channels; channel++)
        for (let y = top; y < Math.min(top + square, height); y++) {
          const row = ((i * channels + channel) * height + y) * width;
          data.fill(gray[channel]!, row + left, row + Math.min(left + square, width));
        }
    const scores = score(await runner.run({ shape: [batchPositions.length, channels, height, width], data }));
    for (const [i, place] of batchPositions.entries()) changes.push({ ...place, change: scores[i]! - before });
    progress?.(changes.length, positions.length);
  }
  return { before, changes, heat: heatOf(changes, square, width, height) };
}

/** Positions spaced evenly from edge to edge, including both, at most `step` apart. */
function squarePositions(length: number, square: number, step: number): number[] {
  const last = Math.max(0, length - square);
  const gaps = Math.ceil(last / step);
  return Array.from({ length: gaps + 1 }, (_, i) => (gaps === 0 ? 0 : Math.round((i * last) / gaps)));
}

/** Weights each square with a Hann window, so that the edges of squares are not visible in the map. */
function heatOf(changes: OcclusionResult["changes"], square: number, width: number, height: number): Float32Array {
  const window = Float64Array.from({ length: square }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / square) ** 2);
  const sums = new Float64Array(width * height);
  const weights = new Float64Array(width * height);
  for (const { left, top, change } of changes)
    for (let y = top; y < Math.min(top + square, height); y++)
      for (let x = left; x < Math.min(left + square, width); x++) {
        const weight = window[y - top]! * window[x - left]!;
        sums[y * width + x] = sums[y * width + x]! + weight * change;
        weights[y * width + x] = weights[y * width + x]! + weight;
      }
  return Float32Array.from(sums, (sum, i) => sum / weights[i]!);
}
