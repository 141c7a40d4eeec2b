import { mapColours, opponentOf, rgbOf } from "./opponent.ts";
import type { Picture } from "./picture.ts";
import type { Raster } from "./raster.ts";
import { eigenOf, functionOf, type Matrix3, multiply, transpose } from "./symmetric.ts";

/** Mean colour [3], and the 3×3 covariance of the colours, row by row; RGB in [0, 1]. */
export interface ColourStatistics {
  readonly mean: readonly number[];
  readonly covariance: Matrix3;
}

/** How much each pixel counts, by its number in row order: ≥ 0; only ratios matter. */
export type PixelWeights = (pixel: number) => number;

/** Mean and covariance of a picture's colours. Without `weights` all pixels count alike. */
export function colourStatistics(source: Picture | Raster, weights?: PixelWeights): ColourStatistics {
  const { data, pixels, pixel, channel, scale } = layoutOf(source);
  // About the first pixel's colour: of a flat picture the variance is 0, and of a raster little is lost in rounding.
  const [red0, green0, blue0] = [data[0]!, data[channel]!, data[2 * channel]!];
  let [all, r, g, b, rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < pixels; i++) {
    const weight = weights ? weights(i) : 1;
    const red = data[i * pixel]! - red0;
    const green = data[i * pixel + channel]! - green0;
    const blue = data[i * pixel + 2 * channel]! - blue0;
    all += weight;
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
  const shift = [r / all, g / all, b / all];
  const products = [rr, rg, rb, rg, gg, gb, rb, gb, bb];
  const covariance = products.map((sum, i) => scale ** 2 * (sum / all - shift[Math.floor(i / 3)]! * shift[i % 3]!));
  const mean = [red0, green0, blue0].map((value, i) => scale * (value + shift[i]!));
  return { mean, covariance };
}

/** Where numbers lie: data[i·pixel + c·channel]·scale is channel c of pixel i, in [0, 1]. */
function layoutOf({ width, height, data }: Picture | Raster) {
  const pixels = width * height;
  return data instanceof Float32Array
    ? { data, pixels, pixel: 1, channel: pixels, scale: 1 }
    : { data, pixels, pixel: 4, channel: 1, scale: 1 / 255 };
}

/** Colours are alike when they lie in the same of 8×8×8 boxes: a white wall with its shadows and noise is one colour. */
const LEVELS = 8;
/** No box counts for more than this share of the whole; in ordinary photographs few fill more. */
const MOST_OF_ALL = 0.2;
/** A box may always count for this share of the pixels, so that a few specks on a ground do not decide alone. */
const LEAST_CAP = 0.01;

/**
 * Weights for the statistics of a photograph, so that a flat ground (a white wall, a cut-out's white, a night sky) does not
 * decide them: a colour that fills more than {@link MOST_OF_ALL} of the picture counts for that share. Otherwise the ground
 * takes the painting's mean colour, and whoever stands before it becomes black. Where no colour fills so much, every pixel
 * weighs 1.
 */
export function subjectWeights(source: Picture | Raster): PixelWeights {
  const { data, pixels, pixel, channel, scale } = layoutOf(source);
  const level = (value: number) => Math.max(0, Math.min(LEVELS - 1, (LEVELS * scale * value) | 0));
  const boxOf = (i: number) =>
    (level(data[i * pixel]!) * LEVELS + level(data[i * pixel + channel]!)) * LEVELS +
    level(data[i * pixel + 2 * channel]!);
  const counts = new Float64Array(LEVELS ** 3);
  for (let i = 0; i < pixels; i++) counts[boxOf(i)]!++;
  const cap = Math.max(capOf(counts, pixels), LEAST_CAP * pixels);
  const weights = counts.map((count) => Math.min(1, cap / Math.max(1, count)));
  return (pixel) => weights[boxOf(pixel)]!;
}

/** The c for which the largest of min(count, c) is {@link MOST_OF_ALL} of their sum; no count is larger where none is that large. */
function capOf(counts: Float64Array, pixels: number): number {
  const descending = counts.toSorted((a, b) => b - a);
  let [rest, capped] = [pixels, 0];
  const cap = () => rest / (1 / MOST_OF_ALL - capped);
  // The fifth is never larger than its cap, which is all that is left.
  while (descending[capped]! > cap()) rest -= descending[capped++]!;
  return cap();
}

/** Mean and covariance of a photograph's colours, by {@link subjectWeights}. */
export const subjectStatistics = (source: Picture | Raster): ColourStatistics =>
  colourStatistics(source, subjectWeights(source));

/** Below this a colour does not vary, but is noise of the last bit: (0.8 / 255)². */
const LEAST_VARIANCE = 1e-5;

/**
 * Along none of its principal axes does a photograph's contrast grow more than this: what hardly varies is noise. Colour
 * photographs need up to 6 for the shipped paintings, almost grey ones 9, grey ones 50.
 */
const MOST_GAIN = 10;

/** c ↦ M·c + offset. */
export interface ColourMap {
  readonly matrix: Matrix3;
  readonly offset: readonly number[];
}

/**
 * The map that gives colours of one mean and covariance another's: c ↦ μ_t + M (c − μ), M = Σ^−½ (Σ^½ Σ_t Σ^½)^½ Σ^−½, of all
 * linear maps that do so the one that moves the colours least (Monge–Kantorovich; Pitié & Kokaram 2007, §3). `amount` in
 * [0, 1] goes part of the way.
 */
export function transferMap(own: ColourStatistics, target: ColourStatistics, amount = 1): ColourMap {
  const { values, vectors } = eigenOf(own.covariance);
  const axes = [0, 1, 2].map((axis) => [0, 3, 6].map((row) => vectors[row + axis]!));
  const deviations = axes.map((axis, i) =>
    Math.sqrt(Math.max(values[i]!, LEAST_VARIANCE, varianceAlong(axis, target.covariance) / MOST_GAIN ** 2)),
  );
  const alongAxes = (factors: readonly number[]): Matrix3 =>
    multiply(
      vectors.map((component, i) => component * factors[i % 3]!),
      transpose(vectors),
    );
  const root = alongAxes(deviations);
  const inverseRoot = alongAxes(deviations.map((deviation) => 1 / deviation));
  const wanted = functionOf(target.covariance, (variance) => Math.max(variance, LEAST_VARIANCE));
  const middle = functionOf(multiply(multiply(root, wanted), root), (value) => Math.sqrt(Math.max(value, 0)));
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
 * The photograph with the target's mean colour and covariance, a flat ground aside ({@link transferMap}, {@link
 * subjectWeights}). The result is not cut off at [0, 1].
 */
export function transferColours(picture: Picture, target: ColourStatistics): Picture {
  const { matrix, offset } = transferMap(subjectStatistics(picture), target);
  return mapColours(picture, matrix, offset);
}

/** All that lies outside [0, 1] is cut off. */
export function clamped({ width, height, data }: Picture): Picture {
  const within = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) within[i] = Math.min(1, Math.max(0, data[i]!));
  return { width, height, data: within };
}

/** Painted shadows: tones below `from` bend towards `darkest`, 9 of 255, and none is cut off at black. */
const SHADOWS = { from: 0.1, darkest: 0.035 };

/**
 * In [0, 1], with detail left in the shadows: v ↦ d + (f − d)·exp((v − f) / (f − d)) below f, which is smooth. Of a channel that
 * is cut off at 0 a face would be a flat patch.
 */
export function withSoftShadows({ width, height, data }: Picture): Picture {
  const { from, darkest } = SHADOWS;
  const softened = data.map((v) =>
    v < from ? darkest + (from - darkest) * Math.exp((v - from) / (from - darkest)) : Math.min(1, v),
  );
  return { width, height, data: softened };
}

/** How far the contrast of a stylized picture may be stretched or squeezed to that of the photograph. */
const CONTRAST = { least: 0.75, most: 1.5 };

/**
 * The stylized luma with the photograph's chroma, of two pictures of one size (Gatys et al. 2016, Preserving Color in
 * Neural Artistic Style Transfer, §3.2, after the fact). The luma gets the photograph's mean, and its contrast within
 * {@link CONTRAST}. Where luma and chroma together are no colour, chroma gives way, so that tone and hue stay. In [0, 1].
 */
export const keepChroma = (photograph: Picture, stylized: Picture): Picture =>
  chromaKeeper(colourStatistics(photograph), colourStatistics(stylized))(photograph, stylized);

/** {@link keepChroma} for parts, given the statistics of the whole pictures. */
export function chromaKeeper(
  photograph: ColourStatistics,
  stylized: ColourStatistics,
): (photograph: Picture, stylized: Picture) => Picture {
  const [own, painted] = [lumaOf(photograph), lumaOf(stylized)];
  const ratio = Math.sqrt(Math.max(own.variance, 0) / Math.max(painted.variance, 1e-9));
  const contrast = Math.min(CONTRAST.most, Math.max(CONTRAST.least, ratio));
  const most = Math.sqrt(3);
  return (part, paintedPart) => {
    const colours = opponentOf(part);
    const luma = opponentOf(paintedPart).data;
    for (let i = 0; i < part.width * part.height; i++)
      colours.data[i] = Math.min(most, Math.max(0, own.mean + contrast * (luma[i]! - painted.mean)));
    return clamped(desaturated(rgbOf(colours)));
  };
}

/** Of the luma of `opponent.ts`, (r + g + b) / √3. */
function lumaOf({ mean, covariance }: ColourStatistics): { mean: number; variance: number } {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return { mean: sum(mean) / Math.sqrt(3), variance: sum(covariance) / 3 };
}

/** Moves each colour towards the grey of its own luma just as far as it must to come into [0, 1]. */
function desaturated({ width, height, data }: Picture): Picture {
  const pixels = width * height;
  const result = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = [data[i]!, data[pixels + i]!, data[2 * pixels + i]!];
    const grey = (r + g + b) / 3;
    const over = Math.max(r, g, b) - grey;
    const under = grey - Math.min(r, g, b);
    const share = Math.max(0, Math.min(1, over > 0 ? (1 - grey) / over : 1, under > 0 ? grey / under : 1));
    result[i] = grey + share * (r - grey);
    result[pixels + i] = grey + share * (g - grey);
    result[2 * pixels + i] = grey + share * (b - grey);
  }
  return { width, height, data: result };
}
