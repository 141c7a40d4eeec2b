import { multiply, scale } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { gradient } from "../engine/gradient.ts";
import { type FloatTensor, openSession, type SessionOptions } from "../engine/run.ts";
import { constant, input, sizeOf, type Value } from "../engine/value.ts";
import type { LossSettings } from "./loss-settings.ts";
import { covarianceOf, momentsLoss, styleLoss, weightedSum } from "./losses.ts";
import type { StyleStatistics } from "./statistics.ts";

/**
 * The minimum energy to divide by: a painting of one color has no covariance, and the moments of a black one are all 0.
 */
const MIN_ENERGY = 1e-6;
/**
 * Each filter's mean is increased by this fraction of the layer's average: a feature that is nearly absent from the
 * painting is mostly noise.
 */
const RELATIVE_MEAN_OFFSET = 0.1;

/** J_style of the layers' statistics. Each layer's loss is relative to the energy of the style. */
export function styleTermOf(
  moments: ReadonlyMap<string, { mean: Value; gram: Value }>,
  style: StyleStatistics,
  { styleLayers, statistics }: LossSettings,
): Value {
  const totalWeight = Object.values(styleLayers).reduce((sum, weight) => sum + weight, 0);
  const terms = Object.entries(styleLayers).map(([layer, weight]) => {
    const { channels, mean, gram } = style[layer]!;
    const { mean: m, gram: g } = moments.get(layer)!;
    if (statistics !== "moments") {
      const factors = statistics === "normalizedGram" ? gramNormalization(mean) : undefined;
      const target = factors ? gram.map((v, i) => v * factors[i]!) : gram;
      const generatedGram = factors ? multiply(g, constant(factors, [channels, channels])) : g;
      const emptyPictureLoss = energyOf(target) / (2 * channels) ** 2;
      return {
        value: styleLoss(generatedGram, constant(target, [channels, channels])),
        weight: weight / totalWeight / emptyPictureLoss,
      };
    }
    const covariance = gram.map((v, i) => v - mean[Math.floor(i / channels)]! * mean[i % channels]!);
    const value = momentsLoss(
      { mean: m, covariance: covarianceOf(m, g) },
      { mean: constant(mean, [channels, 1]), covariance: constant(covariance, [channels, channels]) },
      { mean: energyOf(mean), covariance: energyOf(covariance) },
    );
    return { value, weight: weight / totalWeight };
  });
  const sum = weightedSum(terms);
  if (!sum) throw new Error("No style layers are set. Specify at least one style layer.");
  return sum;
}

/**
 * The factors 1 / (μ_i·μ_j) for a Gram matrix [C, C], which give each filter the mean 1 on the painting. Gatys et al.
 * 2016, §2, rescale the net's weights in this way, over many pictures. Otherwise the few filters that are strong
 * everywhere dominate the loss, and those that respond to strokes hardly count.
 */
function gramNormalization(mean: Float32Array): Float32Array {
  const sizes = mean.map(Math.abs);
  const averageMean = sizes.reduce((sum, v) => sum + v, 0) / sizes.length || 1;
  const factors = sizes.map((v) => 1 / (v + RELATIVE_MEAN_OFFSET * averageMean));
  return Float32Array.from(
    { length: factors.length ** 2 },
    (_, i) => factors[Math.floor(i / factors.length)]! * factors[i % factors.length]!,
  );
}

/**
 * J_style of statistics that are averaged over windows, and its derivatives with respect to each window's statistics.
 */
export async function openStyleSlope(style: StyleStatistics, settings: LossSettings, options: SessionOptions) {
  const inputs = new Map(
    Object.entries(style).map(([layer, { channels }]) => [
      layer,
      { mean: input(`mean ${layer}`, [channels, 1]), gram: input(`gram ${layer}`, [channels, channels]) },
    ]),
  );
  const values = [...inputs].flatMap(([, { mean, gram }]) => [mean, gram]);
  const j = styleTermOf(inputs, style, settings);
  const slopes = gradient(scale(j, settings.styleWeight), values);
  const outputs = Object.fromEntries(values.map((value, i) => [`d ${value.name}`, slopes[i]!]));
  const session = await openSession(build({ style: j, ...outputs }), { ...options, provider: "cpu" });
  return {
    async evaluate(windows: readonly StyleStatistics[]) {
      const share = 1 / windows.length;
      const average = (name: string, shape: readonly number[]): FloatTensor => {
        const [kind, layer] = name.split(" ") as ["mean" | "gram", string];
        const data = new Float32Array(sizeOf(shape));
        for (const statistics of windows)
          for (let i = 0; i < data.length; i++) data[i]! += share * statistics[layer]![kind][i]!;
        return { shape, data };
      };
      const results = await session.run(
        Object.fromEntries(values.map(({ name, shape }) => [name!, average(name!, shape)])),
      );
      const feeds = values.map(({ name, shape }) => [
        name!,
        { shape, data: results[`d ${name}`]!.data.map((v) => v * share) },
      ]);
      return { style: results.style!.data[0]!, feeds: Object.fromEntries(feeds) as Record<string, FloatTensor> };
    },
    release: () => session.release(),
  };
}

/** ‖·‖²_F. */
const energyOf = (numbers: Float32Array): number =>
  Math.max(
    numbers.reduce((sum, v) => sum + v * v, 0),
    MIN_ENERGY,
  );
