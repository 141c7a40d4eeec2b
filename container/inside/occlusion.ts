import type { FloatTensor } from "../engine/run.ts";
import type { LayerRunner } from "./layer-runner.ts";
import { type MapRegion, NoUnitsError } from "./top-patches.ts";

/** One number of what a net gives for each picture of a batch. */
export type Score = (values: FloatTensor) => number[];

/** How a unit of a layer answers to a picture: its greatest value, or its mean, at all places of its map or at some. */
export function activationScore(
  unit: number,
  by: "max" | "mean",
  regionOf?: (map: { width: number; height: number }) => MapRegion,
): Score {
  return ({ shape: [n = 0, units = 0, height = 1, width = 1], data }) => {
    if (unit >= units) throw new NoUnitsError(`The layer has units 0 to ${units - 1}; there is no unit ${unit}.`);
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

/** Squared distance of each embedding [N, D] to one, both at unit length, in [0, 4]. Schroff et al. 2015, equation 1. */
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
  /** Side of the grey square in pixels. */
  square: number;
  /** At most so many pixels from one place of the square to the next. */
  step: number;
  /** Mid-grey as the net takes it, a channel each. */
  grey: readonly number[];
  /** Pictures that go through the net at once. */
  batch?: number;
  /** Told after each batch how many of all places are done. */
  progress?: (done: number, total: number) => void;
}

export interface OcclusionResult {
  /** The score of the picture as it is. */
  before: number;
  /** How the score changed when the square was put there: score(covered) − before. */
  changes: { left: number; top: number; change: number }[];
  /** For every pixel the mean change of the squares that covered it, each by how near its middle, [height, width]. */
  heat: Float32Array;
}

/**
 * Which parts of a picture [1, C, H, W] a score depends on: a grey square is put on each part in turn. Zeiler & Fergus 2014,
 * section 4.2.
 */
export async function occlude(
  runner: LayerRunner,
  picture: FloatTensor,
  score: Score,
  { square, step, grey, batch = 8, progress }: OcclusionOptions,
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
          data.fill(grey[channel]!, row + left, row + Math.min(left + square, width));
        }
    const scores = score(await runner.run({ shape: [batchPositions.length, channels, height, width], data }));
    for (const [i, place] of batchPositions.entries()) changes.push({ ...place, change: scores[i]! - before });
    progress?.(changes.length, positions.length);
  }
  return { before, changes, heat: heatOf(changes, square, width, height) };
}

/** Evenly from one edge to the other, both covered, no further apart than `step`. */
function squarePositions(length: number, square: number, step: number): number[] {
  const last = Math.max(0, length - square);
  const gaps = Math.ceil(last / step);
  return Array.from({ length: gaps + 1 }, (_, i) => (gaps === 0 ? 0 : Math.round((i * last) / gaps)));
}

/** Each square weighs most at its middle (a Hann window), so that the map has no edges where squares had theirs. */
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
