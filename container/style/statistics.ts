import type { Picture } from "../../imaging/picture.ts";
import { build } from "../engine/build.ts";
import type { ImportedNet } from "../engine/import.ts";
import { mean } from "../engine/normalization.ts";
import { openSession, type Session, type SessionOptions } from "../engine/run.ts";
import { reshape } from "../engine/shape.ts";
import { input, ShapeError, type Value } from "../engine/value.ts";
import { gram } from "./losses.ts";

/**
 * The first and second moments of a layer's features over all positions. Every style loss here is a function of them.
 */
interface LayerStatistics {
  channels: number;
  /** [C, 1] */
  mean: Float32Array;
  /** The Gram matrix divided by n_H·n_W, [C, C]. */
  gram: Float32Array;
}

/** Statistics by layer. */
export type StyleStatistics = Readonly<Record<string, LayerStatistics>>;

/** The statistics as values of a graph. */
export const statisticsOf = (features: Value): { mean: Value; gram: Value } => ({
  mean: reshape(mean(features, [2, 3]), [features.shape[1]!, 1]),
  gram: gram(features),
});

/** The layers' values for a picture x [1, 3, H, W]. Throws if the picture is so small that a layer would be empty. */
export function featuresOf(net: ImportedNet, x: Value, layers: readonly string[]): Record<string, Value> {
  try {
    return net.features(x, layers);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const [height, width] = x.shape.slice(2);
    throw new Error(
      `A picture of ${width}×${height} pixels is too small for the layers ${layers.join(", ")}. Use a larger picture or earlier layers. ${error.message}`,
      { cause: error },
    );
  }
}

/** Runs the net on pictures of one size and returns the statistics of its layers. */
export interface StatisticsReader {
  read(picture: Picture): Promise<StyleStatistics>;
  release(): Promise<void>;
}

export async function openStatistics(
  net: ImportedNet,
  { width, height }: { width: number; height: number },
  layers: readonly string[],
  options: SessionOptions,
): Promise<StatisticsReader> {
  const features = featuresOf(net, input("x", [1, 3, height, width]), layers);
  const outputs: Record<string, Value> = {};
  for (const layer of layers) {
    const { mean, gram } = statisticsOf(features[layer]!);
    outputs[`mean ${layer}`] = mean;
    outputs[`gram ${layer}`] = gram;
  }
  const session = await openSession(build(outputs), options);
  return {
    async read(picture) {
      const results = await session.run({ x: tensorOf(picture) });
      return Object.fromEntries(
        layers.map((layer) => {
          const mean = results[`mean ${layer}`]!;
          return [layer, { channels: mean.shape[0]!, mean: mean.data, gram: results[`gram ${layer}`]!.data }];
        }),
      );
    },
    release: () => session.release(),
  };
}

export const tensorOf = ({ width, height, data }: Picture) => ({ shape: [1, 3, height, width], data });

/** The weighted mean of several statistics: of the windows of one picture, or of several paintings. */
export function blendStatistics(all: readonly { statistics: StyleStatistics; weight: number }[]): StyleStatistics {
  const totalWeight = all.reduce((sum, { weight }) => sum + weight, 0);
  const [first] = all;
  if (!first) return {};
  const blend = (of: (statistics: StyleStatistics) => Float32Array) =>
    of(first.statistics).map((_, i) =>
      all.reduce((sum, { statistics, weight }) => sum + (weight / totalWeight) * of(statistics)[i]!, 0),
    );
  return Object.fromEntries(
    Object.entries(first.statistics).map(([layer, { channels }]) => [
      layer,
      { channels, mean: blend((s) => s[layer]!.mean), gram: blend((s) => s[layer]!.gram) },
    ]),
  );
}

/** Opens a session that computes the features [1, C, h, w] of one layer. */
export async function openFeatures(
  net: ImportedNet,
  { width, height }: { width: number; height: number },
  layer: string,
  options: SessionOptions,
): Promise<Session> {
  const { [layer]: features } = featuresOf(net, input("x", [1, 3, height, width]), [layer]);
  return openSession(build({ features: features! }), options);
}
