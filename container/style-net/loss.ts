import type { Picture } from "../../imaging/picture.ts";
import { resize } from "../../imaging/resize.ts";
import { add, divide, negate, offset, relu, scale, square, subtract } from "../engine/arithmetic.ts";
import type { ImportedNet } from "../engine/import.ts";
import { mean } from "../engine/normalisation.ts";
import { averagePool } from "../engine/pooling.ts";
import { total } from "../engine/reduction.ts";
import type { SessionOptions } from "../engine/run.ts";
import { slice } from "../engine/shape.ts";
import { constant, sizeOf, type Value } from "../engine/value.ts";
import { covarianceOf, momentsLoss, weightedSum } from "../style/losses.ts";
import { openStatistics, type StyleStatistics, statisticsOf } from "../style/statistics.ts";

/** How much each of the losses counts; each is about 1 for a picture that has nothing of what it asks for. */
export interface LossWeights {
  /** Moments of the loss net's features, at the size of the picture and at half of it. */
  readonly style: number;
  readonly styleAtHalf: number;
  /** Features of the photograph in its new colours (Johnson et al. 2016, eq. 2). */
  readonly content: number;
  /** Its light and dark in the large: the mean colours of 8×8 pixels. */
  readonly tone: number;
  /** The distribution of small patches of pixels: strokes without the noise that features alone leave. */
  readonly patches: number;
}

export const LOSS_WEIGHTS: LossWeights = {
  style: 1,
  styleAtHalf: 1,
  content: 0.2,
  tone: 0.1,
  patches: 8,
};

/** The layers of the loss net (`models/feature-nets.ts`), and how much each counts. */
const STYLE_LAYERS: Readonly<Record<string, number>> = {
  activation_1: 0.5,
  activation_3: 1,
  activation_5: 1,
  mixed0: 1,
  mixed1: 1,
  mixed2: 1,
};
const CONTENT_LAYER = "mixed0";
/** Side of what `tone` compares, in pixels. */
const TONE = 8;
/** What leaves [0, 1] counts so many times its square. */
const OUTSIDE = 5;

/** The painting at the two sizes at which pictures are compared with it. */
export interface Targets {
  readonly whole: StyleStatistics;
  readonly half: StyleStatistics;
}

export async function readTargets(net: ImportedNet, painting: Picture, options: SessionOptions): Promise<Targets> {
  const half = resize(painting, painting.width >> 1, painting.height >> 1);
  return { whole: await statistics(net, painting, options), half: await statistics(net, half, options) };
}

async function statistics(net: ImportedNet, picture: Picture, options: SessionOptions): Promise<StyleStatistics> {
  const reader = await openStatistics(net, picture, Object.keys(STYLE_LAYERS), options);
  const read = await reader.read(picture);
  await reader.release();
  return read;
}

/** Everything but the patches, of painted pictures [N, 3, S, S] and the photographs they were; each term a scalar. */
export function lossOf(painted: Value, photographs: Value, net: ImportedNet, targets: Targets, weights: LossWeights) {
  const layers = Object.keys(STYLE_LAYERS);
  const features = net.features(painted, layers);
  const atHalf = net.features(averagePool(painted, { size: [2, 2], strides: 2 }), layers);
  const photographed = net.features(photographs, [CONTENT_LAYER])[CONTENT_LAYER]!;

  const style = styleDistance(features, targets.whole);
  const styleAtHalf = styleDistance(atHalf, targets.half);
  const content = relativeDistance(features[CONTENT_LAYER]!, photographed);
  const tone = relativeDistance(pooled(painted), pooled(photographs));
  const loss = weightedSum([
    { value: style, weight: weights.style },
    { value: styleAtHalf, weight: weights.styleAtHalf },
    { value: content, weight: weights.content },
    { value: tone, weight: weights.tone },
    { value: outside(painted), weight: OUTSIDE },
  ])!;
  return { loss, style, content };
}

/** Mean over pictures and layers of the moments' distance from the painting's. */
function styleDistance(features: Record<string, Value>, target: StyleStatistics): Value {
  const all = Object.values(STYLE_LAYERS).reduce((sum, weight) => sum + weight, 0);
  const terms = Object.entries(STYLE_LAYERS).flatMap(([layer, weight]) => {
    const { channels, mean: mu, gram } = target[layer]!;
    const covariance = gram.map((v, i) => v - mu[Math.floor(i / channels)]! * mu[i % channels]!);
    const wanted = { mean: constant(mu, [channels, 1]), covariance: constant(covariance, [channels, channels]) };
    const norms = { mean: energy(mu), covariance: energy(covariance) };
    const maps = pictures(features[layer]!);
    return maps.map((map) => {
      const { mean: m, gram: g } = statisticsOf(map);
      const value = momentsLoss({ mean: m, covariance: covarianceOf(m, g) }, wanted, norms);
      return { value, weight: weight / all / maps.length };
    });
  });
  return weightedSum(terms)!;
}

/** [N, …] → N times [1, …]. */
const pictures = (batch: Value): Value[] =>
  Array.from({ length: batch.shape[0]! }, (_, i) => slice(batch, [{ axis: 0, from: i, to: i + 1 }]));

/** ‖a − b‖² over the energy of b about its channels' means. */
function relativeDistance(a: Value, b: Value): Value {
  const varied = total(square(subtract(b, mean(b, [2, 3]))));
  return divide(total(square(subtract(a, b))), offset(varied, 1e-3));
}

const pooled = (x: Value): Value => averagePool(x, { size: [TONE, TONE], strides: TONE });

/** Mean square of what lies below 0 or above 1. */
const outside = (x: Value): Value =>
  scale(add(total(square(relu(negate(x)))), total(square(relu(offset(x, -1))))), 1 / sizeOf(x.shape));

const energy = (numbers: Float32Array): number => numbers.reduce((sum, v) => sum + v * v, 0);
