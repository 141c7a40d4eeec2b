import { mapColors, opponentOf, rgbOf } from "./opponent.ts";
import type { Picture } from "./picture.ts";
import type { Raster } from "./raster.ts";
import { eigenOf, functionOf, type Matrix3, multiply, transpose } from "./symmetric.ts";

/** Mean color [3], and the 3×3 covariance of the colors, row by row; RGB in [0, 1]. */
export interface ColorStatistics {
  readonly mean: readonly number[];
  readonly covariance: Matrix3;
}

/** The weight of each pixel, by its index in row order: ≥ 0; only ratios matter. */
export type PixelWeights = (pixel: number) => number;

/** Mean and covariance of a picture's colors. If `weights` is omitted, all pixels have equal weight. */
export function colorStatistics(source: Picture | Raster, weights?: PixelWeights): ColorStatistics {
  const { data, pixels, pixel, channel, scale } = layoutOf(source);
  // Relative to the first pixel's color, so that a flat picture has variance 0 and a raster loses little to rounding.
  const [red0, green0, blue0] = [data[0]!, data[channel]!, data[2 * channel]!];
  let [total, r, g, b, rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < pixels; i++) {
    const weight = weights ? weights(i) : 1;
    const red = data[i * pixel]! - red0;
    const green = data[i * pixel + channel]! - green0;
    const blue = data[i * pixel + 2 * channel]! - blue0;
    total += weight;
    r += weight * red;
    g += weight * green;
    b += weight * blue;
    rr += weight * red * red;
    rg += weight * red * green;
    rb += weight * red * blue;
    gg += weight * green * green;
    gb += weight * green * blue;
    bb += weight * blue * blue;
  }
  const shift = [r / total, g / total, b / total];
  const products = [rr, rg, rb, rg, gg, gb, rb, gb, bb];
  const covariance = products.map((sum, i) => scale ** 2 * (sum / total - shift[Math.floor(i / 3)]! * shift[i % 3]!));
  const mean = [red0, green0, blue0].map((value, i) => scale * (value + shift[i]!));
  return { mean, covariance };
}

/** Memory layout: data[i·pixel + c·channel]·scale is channel c of pixel i, in [0, 1]. */
function layoutOf({ width, height, data }: Picture | Raster) {
  const pixels = width * height;
  return data instanceof Float32Array
    ? { data, pixels, pixel: 1, channel: pixels, scale: 1 }
    : { data, pixels, pixel: 4, channel: 1, scale: 1 / 255 };
}

/** Colors are binned into 8×8×8 boxes: a white wall with its shadows and noise counts as one color. */
const LEVELS = 8;
/** No box counts for more than this share of the total. In ordinary photographs few boxes fill more. */
const MAX_SHARE = 0.2;
/** A box can always count for this share of the pixels, so that a few specks on a flat background do not dominate. */
const MIN_CAP = 0.01;

/**
 * Weights for the statistics of a photograph, so that a flat background (a white wall, a cut-out's white, a night sky) does not
 * dominate them: a color that fills more than {@link MAX_SHARE} of the picture counts for only that share. Otherwise the
 * background takes the painting's mean color, and a person in front of it becomes black. If no color fills that much, every
 * pixel has weight 1.
 */
export function subjectWeights(source: Picture | Raster): PixelWeights {
  const { data, pixels, pixel, channel, scale } = layoutOf(source);
  const level = (value: number) => Math.max(0, Math.min(LEVELS - 1, (LEVELS * scale * value) | 0));
  const binOf = (i: number) =>
    (level(data[i * pixel]!) * LEVELS + level(data[i * pixel + channel]!)) * LEVELS +
    level(data[i * pixel + 2 * channel]!);
  const counts = new Float64Array(LEVELS ** 3);
  for (let i = 0; i < pixels; i++) counts[binOf(i)]!++;
  const cap = Math.max(capOf(counts, pixels), MIN_CAP * pixels);
  const weights = counts.map((count) => Math.min(1, cap / Math.max(1, count)));
  return (pixel) => weights[binOf(pixel)]!;
}

/** The c for which the largest min(count, c) is {@link MAX_SHARE} of their sum. If no count is that large, all are below c. */
function capOf(counts: Float64Array, pixels: number): number {
  const descending = counts.toSorted((a, b) => b - a);
  let [rest, capped] = [pixels, 0];
  const cap = () => rest / (1 / MAX_SHARE - capped);
  // Terminates: the fifth count never exceeds its cap, which is the whole remainder.
  while (descending[capped]! > cap()) rest -= descending[capped++]!;
  return cap();
}

/** Mean and covariance of a photograph's colors, weighted by {@link subjectWeights}. */
export const subjectStatistics = (source: Picture | Raster): ColorStatistics =>
  colorStatistics(source, subjectWeights(source));

/** A smaller variance is noise of the last bit: (0.8 / 255)². */
const MIN_VARIANCE = 1e-5;

/**
 * The limit by which a photograph's contrast can grow along each principal axis, because an axis with little variance is noise.
 * For the shipped paintings, color photographs need up to 6, almost gray ones 9, gray ones 50.
 */
const MAX_GAIN = 10;

/** c ↦ M·c + offset. */
export interface ColorMap {
  readonly matrix: Matrix3;
  readonly offset: readonly number[];
}

/**
 * The map that gives colors with mean μ and covariance Σ the target's: c ↦ μ_t + M (c − μ), M = Σ^−½ (Σ^½ Σ_t Σ^½)^½ Σ^−½. Of all
 * linear maps that do so, it moves the colors least (Monge–Kantorovich; Pitié & Kokaram 2007, §3). `amount` in [0, 1]
 * interpolates between the identity and this map.
 */
export function transferMap(own: ColorStatistics, target: ColorStatistics, amount = 1): ColorMap {
  const { values, vectors } = eigenOf(own.covariance);
  const axes = [0, 1, 2].map((axis) => [0, 3, 6].map((row) => vectors[row + axis]!));
  const deviations = axes.map((axis, i) =>
    Math.sqrt(Math.max(values[i]!, MIN_VARIANCE, varianceAlong(axis, target.covariance) / MAX_GAIN ** 2)),
  );
  const alongAxes = (factors: readonly number[]): Matrix3 =>
    multiply(
      vectors.map((component, i) => component * factors[i % 3]!),
      transpose(vectors),
    );
  const root = alongAxes(deviations);
  const inverseRoot = alongAxes(deviations.map((deviation) => 1 / deviation));
  const targetCovariance = functionOf(target.covariance, (variance) => Math.max(variance, MIN_VARIANCE));
  const middle = functionOf(multiply(multiply(root, targetCovariance), root), (value) => Math.sqrt(Math.max(value, 0)));
  const whole = multiply(multiply(inverseRoot, middle), inverseRoot);
  const matrix = whole.map((m, i) => amount * m + (i % 4 === 0 ? 1 - amount : 0));
  const offset = target.mean.map((mean, a) => {
    const moved = [0, 1, 2].reduce((sum, b) => sum + whole[3 * a + b]! * own.mean[b]!, 0);
    return amount * (mean - moved);
  });
  return { matrix, offset };
}

/** aᵀ·Σ·a. */
const varianceAlong = (axis: readonly number[], covariance: Matrix3): number =>
  covariance.reduce((sum, value, i) => sum + axis[Math.floor(i / 3)]! * value * axis[i % 3]!, 0);

/**
 * Gives the photograph the target's mean color and covariance ({@link transferMap}), with a flat background down-weighted
 * ({@link subjectWeights}). The result is not clamped to [0, 1].
 */
export function transferColors(picture: Picture, target: ColorStatistics): Picture {
  const { matrix, offset } = transferMap(subjectStatistics(picture), target);
  return mapColors(picture, matrix, offset);
}

/** Clamps all values to [0, 1]. */
export function clamped({ width, height, data }: Picture): Picture {
  const clampedData = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) clampedData[i] = Math.min(1, Math.max(0, data[i]!));
  return { width, height, data: clampedData };
}

/** Painted shadows: tones below `from` approach `darkest` (9 of 255) smoothly, and none is clipped to black. */
const SHADOWS = { from: 0.1, darkest: 0.035 };

/**
 * Brings values into [0, 1] and keeps detail in the shadows: v ↦ d + (f − d)·exp((v − f) / (f − d)) below f, which is smooth.
 * If a channel were clipped at 0, a dark face would become a flat patch.
 */
export function withSoftShadows({ width, height, data }: Picture): Picture {
  const { from, darkest } = SHADOWS;
  const softened = data.map((v) =>
    v < from ? darkest + (from - darkest) * Math.exp((v - from) / (from - darkest)) : Math.min(1, v),
  );
  return { width, height, data: softened };
}

/** The range of the factor that adjusts a stylized picture's contrast to the photograph's. */
const CONTRAST = { min: 0.75, max: 1.5 };

/**
 * Combines the stylized luma with the photograph's chroma (Gatys et al. 2016, Preserving Color in Neural Artistic Style
 * Transfer, §3.2, applied after stylization). Both pictures must have the same size. The luma gets the photograph's mean, and
 * its contrast within {@link CONTRAST}. If luma and chroma together leave the RGB cube, the chroma is reduced, so that tone and
 * hue stay. The result is in [0, 1].
 */
export const keepChroma = (photograph: Picture, stylized: Picture): Picture =>
  createChromaTransfer(colorStatistics(photograph), colorStatistics(stylized))(photograph, stylized);

/** {@link keepChroma} for parts of pictures. Takes the statistics of the whole pictures. */
export function createChromaTransfer(
  photograph: ColorStatistics,
  stylized: ColorStatistics,
): (photograph: Picture, stylized: Picture) => Picture {
  const [own, painted] = [lumaOf(photograph), lumaOf(stylized)];
  const ratio = Math.sqrt(Math.max(own.variance, 0) / Math.max(painted.variance, 1e-9));
  const contrast = Math.min(CONTRAST.max, Math.max(CONTRAST.min, ratio));
  const maxLuma = Math.sqrt(3);
  return (part, paintedPart) => {
    const colours = opponentOf(part);
    const luma = opponentOf(paintedPart).data;
    for (let i = 0; i < part.width * part.height; i++)
      colours.data[i] = Math.min(maxLuma, Math.max(0, own.mean + contrast * (luma[i]! - painted.mean)));
    return clamped(desaturated(rgbOf(colours)));
  };
}

/** Mean and variance of the luma of `opponent.ts`, (r + g + b) / √3. */
function lumaOf({ mean, covariance }: ColorStatistics): { mean: number; variance: number } {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return { mean: sum(mean) / Math.sqrt(3), variance: sum(covariance) / 3 };
}

/** Moves each color toward the gray of its own luma, only as far as needed to enter [0, 1]. */
function desaturated({ width, height, data }: Picture): Picture {
  const pixels = width * height;
  const result = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = [data[i]!, data[pixels + i]!, data[2 * pixels + i]!];
    const gray = (r + g + b) / 3;
    const over = Math.max(r, g, b) - gray;
    const under = gray - Math.min(r, g, b);
    const share = Math.max(0, Math.min(1, over > 0 ? (1 - gray) / over : 1, under > 0 ? gray / under : 1));
    result[i] = gray + share * (r - gray);
    result[pixels + i] = gray + share * (g - gray);
    result[2 * pixels + i] = gray + share * (b - gray);
  }
  return { width, height, data: result };
}
