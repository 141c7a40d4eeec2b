import { crop } from "../../imaging/border.ts";
import type { Picture } from "../../imaging/picture.ts";
import { resize } from "../../imaging/resize.ts";
import { add, multiply } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { convolution } from "../engine/convolution.ts";
import { gradient } from "../engine/gradient.ts";
import { averagePool } from "../engine/pooling.ts";
import { total } from "../engine/reduction.ts";
import { type FloatTensor, openSession, type SessionOptions } from "../engine/run.ts";
import { input, type Shape, sizeOf, type Value } from "../engine/value.ts";
import { tensorOf } from "./statistics.ts";

/** Side of the patches whose distribution is matched, in pixels of their octave. */
const SIDE = 7;
const PATCH_LENGTH = 3 * SIDE * SIDE;
/** The number of directions drawn at each step, for each octave. */
const DIRECTIONS_PER_STEP = [8, 12, 16, 16] as const;
/** The number of directions to draw from, for each octave. */
const BANK_SIZE = 256;
/** The number of quantiles kept for each of the painting's distributions. */
const QUANTILES = 256;
/**
 * The approximate number of patches sampled from a painting. More would not improve the estimate of their distribution.
 */
const MAX_SAMPLES = 2048;
/** The number of histogram bins in which a step sorts the picture's responses. */
const BINS = 2048;

/** A direction [3·7·7] onto which patches are projected, and the distribution of the painting's patches along it. */
interface Direction {
  filter: Float32Array;
  /** The quantiles 0, 1/255, …, 1 of the painting's responses. */
  quantiles: Float32Array;
  variance: number;
}

/**
 * The distance between the distributions of 7×7×3 patches at several octaves: a sliced Wasserstein distance (Rabin et
 * al. 2011; for textures Heitz et al. 2021). Along each direction it compares two one-dimensional distributions by
 * rank: each response y of the picture gets as its target t the painting's value of the same rank. The loss is Σ(y −
 * t)² / n·σ², averaged over directions. The targets are found outside the graph and are constant for the gradient.
 */
export interface PatchDistribution {
  /** Loss and ∂loss/∂x [3, H, W], for directions that `random` selects at each call. */
  compare(picture: Picture, random: () => number): Promise<{ loss: number; dx: Float32Array }>;
  release(): Promise<void>;
}

/** Measures the distributions of the paintings, and prepares to compare pictures of one size with them. */
export async function openPatchDistribution(
  paintings: readonly { picture: Picture; weight: number }[],
  { width, height }: { width: number; height: number },
  random: () => number,
  options: SessionOptions,
): Promise<PatchDistribution> {
  const shortestSide = Math.min(width, height, ...paintings.flatMap(({ picture }) => [picture.width, picture.height]));
  const octaves = DIRECTIONS_PER_STEP.filter((_, octave) => octave === 0 || shortestSide >> octave >= 2 * SIDE).length;
  const banks = await Promise.all(paintings.map(({ picture }) => directionBanksOf(picture, octaves, random, options)));
  const x = input("x", [1, 3, height, width]);
  const filters = Array.from({ length: octaves }, (_, o) => input(`w${o}`, [DIRECTIONS_PER_STEP[o]!, 3, SIDE, SIDE]));
  const responses = responsesOf(x, filters);
  const slopes = responses.map((y, o) => input(`dy${o}`, y.shape));
  const forward = await openSession(build(named("y", responses)), options);
  const [dx] = gradient(responses.map((y, o) => total(multiply(y, slopes[o]!))).reduce(add), [x]);
  const backward = await openSession(build({ dx: dx! }), options);

  return {
    async compare(picture, random) {
      const paintingIndex = choosePainting(paintings, random);
      const directions = filters.map((_, o) =>
        Array.from(
          { length: DIRECTIONS_PER_STEP[o]! },
          () => banks[paintingIndex]![o]![Math.floor(random() * BANK_SIZE)]!,
        ),
      );
      const feeds = Object.fromEntries(filters.map(({ shape }, o) => [`w${o}`, stackFilters(directions[o]!, shape)]));
      const outputs = await forward.run({ ...feeds, x: tensorOf(picture) });
      let loss = 0;
      for (const [o, of] of directions.entries()) {
        const response = outputs[`y${o}`]!;
        const positions = sizeOf(response.shape.slice(2));
        of.forEach((direction, i) => {
          const y = response.data.subarray(i * positions, (i + 1) * positions);
          const weight = 1 / (of.length * octaves * positions * direction.variance);
          // Each gradient overwrites its response, which saves an allocation of 4 MB for each step of a small picture.
          loss += matchRanks(y, direction.quantiles, weight, y);
        });
        feeds[`dy${o}`] = response;
      }
      return { loss, dx: (await backward.run(feeds)).dx!.data };
    },
    async release() {
      await forward.release();
      await backward.release();
    },
  };
}

/** Convolutions of each octave with its filters, without padding: [1, K, h, w] each. */
function responsesOf(x: Value, filters: readonly Value[]): Value[] {
  let octave = x;
  return filters.map((filter, o) => {
    if (o > 0) octave = averagePool(octave, { size: [2, 2], strides: 2 });
    return convolution(octave, filter);
  });
}

const named = (prefix: string, values: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, value]));

const stackFilters = (directions: readonly Direction[], shape: Shape): FloatTensor => {
  const data = new Float32Array(sizeOf(shape));
  for (const [i, { filter }] of directions.entries()) data.set(filter, i * PATCH_LENGTH);
  return { shape, data };
};

/** Chooses the painting for a step, with a probability proportional to its weight. */
function choosePainting(paintings: readonly { weight: number }[], draw: () => number): number {
  if (paintings.length === 1) return 0;
  let remaining = draw() * paintings.reduce((sum, { weight }) => sum + weight, 0);
  for (const [i, { weight }] of paintings.entries()) {
    remaining -= weight;
    if (remaining < 0) return i;
  }
  return 0;
}

/** Ranks are estimated from every fifth response. The stride is odd, so that it does not skip whole columns. */
const RANK_SAMPLE_STRIDE = 5;

/**
 * Finds for each response y the painting's value t of the same rank. Returns Σ(y − t)²·share and writes its gradient,
 * 2(y − t)·share. The ranks come from a histogram, which is as accurate as sorting here and many times faster. `slope`
 * may be y itself.
 */
export function matchRanks(y: Float32Array, quantiles: Float32Array, share: number, slope: Float32Array): number {
  const sampleStride = y.length > RANK_SAMPLE_STRIDE * BINS ? RANK_SAMPLE_STRIDE : 1;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let i = 0; i < y.length; i += sampleStride) {
    const value = y[i]!;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const perUnit = maximum > minimum ? (BINS - 1e-3) / (maximum - minimum) : 0;
  const counts = new Uint32Array(BINS);
  for (let i = 0; i < y.length; i += sampleStride) counts[((y[i]! - minimum) * perUnit) | 0]!++;
  // The target value at the start of each bin. Within a bin it is interpolated.
  const quantileAtBin = new Float32Array(BINS + 1);
  const perCount = (quantiles.length - 1) / Math.ceil(y.length / sampleStride);
  for (let bin = 0, below = 0; bin <= BINS; bin++) {
    const rank = below * perCount;
    const first = Math.min(quantiles.length - 2, Math.floor(rank));
    quantileAtBin[bin] = quantiles[first]! + (rank - first) * (quantiles[first + 1]! - quantiles[first]!);
    below += counts[bin] ?? 0;
  }
  let loss = 0;
  for (let i = 0; i < y.length; i++) {
    const place = Math.max(0, Math.min(BINS - 1e-3, (y[i]! - minimum) * perUnit));
    const bin = place | 0;
    const from = quantileAtBin[bin]!;
    const difference = y[i]! - (from + (place - bin) * (quantileAtBin[bin + 1]! - from));
    loss += difference * difference;
    slope[i] = 2 * difference * share;
  }
  return loss * share;
}

/**
 * Directions for each octave of a painting: one third are differences of two of its patches, one third its patches
 * without their mean, one third noise.
 */
async function directionBanksOf(
  painting: Picture,
  octaves: number,
  random: () => number,
  options: SessionOptions,
): Promise<Direction[][]> {
  const banks: Direction[][] = [];
  let octave = painting;
  for (let o = 0; o < octaves; o++) {
    if (o > 0) octave = resize(octave, octave.width >> 1, octave.height >> 1);
    banks.push(await directionsOf(octave, random, options));
  }
  return banks;
}

async function directionsOf(painting: Picture, random: () => number, options: SessionOptions): Promise<Direction[]> {
  const patch = () =>
    crop(
      painting,
      Math.floor(random() * (painting.width - SIDE + 1)),
      Math.floor(random() * (painting.height - SIDE + 1)),
      SIDE,
      SIDE,
    ).data;
  const filters = Array.from({ length: BANK_SIZE }, (_, i) => toUnitLength(rawDirection(i % 3, patch, random)));
  const kernel = new Float32Array(BANK_SIZE * PATCH_LENGTH);
  for (const [i, filter] of filters.entries()) kernel.set(filter, i * PATCH_LENGTH);
  const x = input("x", [1, 3, painting.height, painting.width]);
  const w = input("w", [BANK_SIZE, 3, SIDE, SIDE]);
  const stride = Math.max(1, Math.floor(Math.sqrt((painting.width * painting.height) / MAX_SAMPLES)));
  const session = await openSession(build({ y: convolution(x, w, { strides: stride }) }), options);
  const { y } = await session.run({ x: tensorOf(painting), w: { shape: w.shape, data: kernel } });
  await session.release();
  const positions = sizeOf(y!.shape.slice(2));
  return filters.map((filter, i) => {
    const sorted = y!.data.subarray(i * positions, (i + 1) * positions).sort();
    const quantiles = Float32Array.from(
      { length: QUANTILES },
      (_, q) => sorted[Math.round((q / (QUANTILES - 1)) * (positions - 1))]!,
    );
    return { filter, quantiles, variance: Math.max(varianceOf(sorted), 1e-6) };
  });
}

function rawDirection(kind: number, patch: () => Float32Array, random: () => number): Float32Array {
  if (kind === 0) {
    const [a, b] = [patch(), patch()];
    return a.map((value, i) => value - b[i]!);
  }
  if (kind === 1) {
    const a = patch();
    const plane = SIDE * SIDE;
    const means = [0, 1, 2].map((c) => a.subarray(c * plane, (c + 1) * plane).reduce((s, v) => s + v, 0) / plane);
    return a.map((value, i) => value - means[Math.floor(i / plane)]!);
  }
  return Float32Array.from({ length: PATCH_LENGTH }, () => gaussian(random));
}

/** A number from the standard normal distribution. Box & Muller 1958. */
const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const toUnitLength = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
};

function varianceOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / values.length;
}
