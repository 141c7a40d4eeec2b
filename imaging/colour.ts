import { mapColours, opponentOf, rgbOf } from "./opponent.ts";
import type { Picture } from "./picture.ts";
import type { Raster } from "./raster.ts";
import { functionOf, type Matrix3, multiply } from "./symmetric.ts";

/** Mean colour [3], and the 3×3 covariance of the colours, row by row; RGB in [0, 1]. */
export interface ColourStatistics {
  readonly mean: readonly number[];
  readonly covariance: Matrix3;
}

/** The statistics of all pixels of a picture. */
export function colourStatistics({ width, height, data }: Picture): ColourStatistics {
  const pixels = width * height;
  const planes = [0, 1, 2].map((channel) => data.subarray(channel * pixels, (channel + 1) * pixels));
  const mean = planes.map((plane) => meanOf(plane));
  const between = (a: number, b: number) => covarianceOf(planes[a]!, mean[a]!, planes[b]!, mean[b]!);
  const [rr, rg, rb, gg, gb, bb] = [
    between(0, 0),
    between(0, 1),
    between(0, 2),
    between(1, 1),
    between(1, 2),
    between(2, 2),
  ];
  return { mean, covariance: [rr, rg, rb, rg, gg, gb, rb, gb, bb] };
}

/** Below this a colour does not vary, but is noise of the last bit: (0.8 / 255)². */
const LEAST_VARIANCE = 1e-5;

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
  const root = functionOf(own.covariance, (variance) => Math.sqrt(Math.max(variance, LEAST_VARIANCE)));
  const inverseRoot = functionOf(own.covariance, (variance) => 1 / Math.sqrt(Math.max(variance, LEAST_VARIANCE)));
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

/** The picture with the target's mean colour and covariance ({@link transferMap}). The result is not cut off at [0, 1]. */
export function transferColours(picture: Picture, target: ColourStatistics, amount = 1): Picture {
  const { matrix, offset } = transferMap(colourStatistics(picture), target, amount);
  return mapColours(picture, matrix, offset);
}

/** All that lies outside [0, 1] is cut off. */
export function clamped({ width, height, data }: Picture): Picture {
  const within = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) within[i] = Math.min(1, Math.max(0, data[i]!));
  return { width, height, data: within };
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
  const ratio = Math.sqrt(own.variance / Math.max(painted.variance, 1e-9));
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

/** Of all pixels of a raster, without making numbers of it. */
export function rasterStatistics({ width, height, data }: Raster): ColourStatistics {
  // Whole numbers below 2⁵³: nothing is lost before the mean is taken off.
  let [r, g, b, rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const red = data[i]!;
    const green = data[i + 1]!;
    const blue = data[i + 2]!;
    r += red;
    g += green;
    b += blue;
    rr += red * red;
    rg += red * green;
    rb += red * blue;
    gg += green * green;
    gb += green * blue;
    bb += blue * blue;
  }
  const pixels = width * height;
  const mean = [r, g, b].map((sum) => sum / pixels);
  const products = [rr, rg, rb, rg, gg, gb, rb, gb, bb];
  const covariance = products.map((sum, i) => (sum / pixels - mean[Math.floor(i / 3)]! * mean[i % 3]!) / 255 ** 2);
  return { mean: mean.map((value) => value / 255), covariance };
}

function meanOf(plane: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < plane.length; i++) sum += plane[i]!;
  return sum / plane.length;
}

function covarianceOf(a: Float32Array, meanA: number, b: Float32Array, meanB: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / a.length;
}
