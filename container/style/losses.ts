/** The terms of Gatys' loss, with the paper's equations. Features are maps [1, C, H, W] of a loss network. */

import { OPPONENT } from "../../imaging/opponent.ts";
import { add, multiply, scale, square, subtract } from "../engine/arithmetic.ts";
import { convolution } from "../engine/convolution.ts";
import { flattenSpace, matmul, selfProduct, swapLastTwo } from "../engine/linear-algebra.ts";
import { total } from "../engine/reduction.ts";
import { reshape, slice } from "../engine/shape.ts";
import { constant, sizeOf, type Value } from "../engine/value.ts";

/** J_content = ½‖a_C − a_G‖². Gatys et al. 2016, eq. 1. `weights` [1, 1, H, W] weights the positions. */
export function contentLoss(generated: Value, content: Value, weights?: Value): Value {
  const squares = square(subtract(generated, content));
  return scale(total(weights ? multiply(squares, weights) : squares), 0.5);
}

/**
 * The Gram matrix of the channels [C, C], divided by the number of positions n_H·n_W, so that pictures of different
 * sizes have Gram matrices of the same magnitude. Gatys et al. 2016, eq. 3, over n_H·n_W.
 */
export function gram(features: Value): Value {
  const channels = features.shape[1]!;
  const product = reshape(selfProduct(flattenSpace(features)), [channels, channels]);
  return scale(product, 1 / sizeOf(features.shape.slice(2)));
}

/**
 * J_style of a layer, for Gram matrices [C, C] that are divided by their own n_H·n_W: ‖G_S − G_G‖²_F / (2·C)². If both
 * pictures have the same size, this equals the paper's 1 / (2·n_H·n_W·n_C)²·‖G_S − G_G‖²_F. Gatys et al. 2016, eq. 4.
 */
export const styleLoss = (generated: Value, style: Value): Value =>
  scale(total(square(subtract(generated, style))), 1 / (2 * generated.shape[0]!) ** 2);

/** Mean and covariance of the channels over all positions: [C, 1] and [C, C]. */
export interface Moments {
  mean: Value;
  covariance: Value;
}

/** The covariance from the features' mean [C, 1] and Gram matrix: Σ = G − μ·μᵀ. */
export const covarianceOf = (mean: Value, gramMatrix: Value): Value =>
  subtract(gramMatrix, matmul(mean, swapLastTwo(mean)));

/**
 * ½(‖Σ − Σ_S‖² / ‖Σ_S‖² + ‖μ − μ_S‖² / ‖μ_S‖²): compares mean and covariance, which the Gram matrix mixes, each
 * relative to the style's. `norms` are the squared norms of the style's moments.
 */
export function momentsLoss(generated: Moments, style: Moments, norms: { mean: number; covariance: number }): Value {
  const mean = scale(total(square(subtract(generated.mean, style.mean))), 0.5 / norms.mean);
  const covariance = scale(total(square(subtract(generated.covariance, style.covariance))), 0.5 / norms.covariance);
  return add(mean, covariance);
}

/** Σ w·v of scalars; `undefined` for no terms. */
export const weightedSum = (terms: readonly { value: Value; weight: number }[]): Value | undefined =>
  terms
    .map(({ value, weight }) => scale(value, weight))
    .reduce<Value | undefined>((s, v) => (s ? add(s, v) : v), undefined);

/** The weight of chroma relative to luma: color noise is mostly in chroma. At 16, flat skies keep spots. */
const CHROMA_COST = 64;

/**
 * The mean squared difference between neighboring pixels in opponent colors, which is high for noise and low for paint.
 * x [1, 3, H, W]. Total variation with β = 2, Mahendran & Vedaldi 2015, §3.
 */
export function roughness(x: Value): Value {
  const [, , height, width] = x.shape as [number, number, number, number];
  const colours = OPPONENT.map((v, i) => v * (i < 3 ? 1 : Math.sqrt(CHROMA_COST)));
  const opponent = convolution(x, constant(colours, [3, 3, 1, 1]));
  const steps = [
    { axis: 2, size: height },
    { axis: 3, size: width },
  ].map(({ axis, size }) =>
    subtract(slice(opponent, [{ axis, from: 1, to: size }]), slice(opponent, [{ axis, from: 0, to: size - 1 }])),
  );
  return scale(steps.map((step) => total(square(step))).reduce(add), 1 / sizeOf(x.shape));
}
