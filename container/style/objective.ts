import { crop } from "../../imaging/border.ts";
import type { Picture } from "../../imaging/picture.ts";
import { add, multiply, scale } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { gradient } from "../engine/gradient.ts";
import type { ImportedNet } from "../engine/import.ts";
import type { Provider } from "../engine/provider.ts";
import { total } from "../engine/reduction.ts";
import { openSession, type SessionOptions } from "../engine/run.ts";
import { input } from "../engine/value.ts";
import { openContentTarget } from "./content-target.ts";
import type { LossSettings } from "./loss-settings.ts";
import { contentLoss, roughness } from "./losses.ts";
import { featuresOf, openStatistics, type StyleStatistics, statisticsOf, tensorOf } from "./statistics.ts";
import { openStyleSlope, styleTermOf } from "./style-term.ts";
import { averageGradients, type PlacedGradient, SHIFTS, type Windows, windowsOver } from "./windows.ts";

interface Evaluation {
  style: number;
  content: number;
  /** The roughness term of J, with its weight. */
  rough: number;
  /** ∂J/∂x [3, H, W] of the canvas. Where windows overlap, it is the mean of their gradients. */
  dx: Float32Array;
}

export interface Objective {
  readonly provider: Provider;
  /** J and its gradient for the canvas shifted by `SHIFTS[shift]`. */
  evaluate(x: Picture, shift: number): Promise<Evaluation>;
  release(): Promise<void>;
}

/**
 * The objective for one canvas size. `content` is a canvas too: the picture whose features are preserved. `faces` [H,
 * W], if given, weights the content loss of a position by 1 + faces. A large canvas is processed in windows, and their
 * statistics are averaged first: the style is that of the whole picture, not of each window.
 */
export async function openObjective(
  net: ImportedNet,
  settings: LossSettings,
  style: StyleStatistics,
  content: Picture,
  faces: Float32Array | undefined,
  options: SessionOptions,
  windows: Windows = windowsOver(content),
): Promise<Objective> {
  const layers = Object.keys(settings.styleLayers);
  const x = input("x", [1, 3, windows.height, windows.width]);
  const features = featuresOf(net, x, [...new Set([...layers, settings.contentLayer])]);
  const generated = features[settings.contentLayer]!;
  const target = input("target", generated.shape);
  const positionWeights = input("positionWeights", [1, 1, ...generated.shape.slice(2)]);
  const contentTerm = contentLoss(generated, target, positionWeights);
  const roughTerm = scale(roughness(x), settings.smoothness / windows.origins.length);

  const contentTarget = await openContentTarget(
    net,
    settings.contentLayer,
    content,
    faces,
    generated.shape,
    windows,
    options,
  );
  // The energy is that of the whole canvas for any number of windows: ½ Σ (a − ā)², the loss of a picture without
  // content.
  const contentScale = settings.contentWeight / contentTarget.energy;
  const moments = new Map(layers.map((layer) => [layer, statisticsOf(features[layer]!)]));

  if (windows.origins.length === 1) {
    const styleTerm = styleTermOf(moments, style, settings);
    const j = [scale(styleTerm, settings.styleWeight), scale(contentTerm, contentScale), roughTerm].reduce(add);
    const [dx] = gradient(j, [x]);
    const session = await openSession(
      build({ style: styleTerm, content: contentTerm, rough: roughTerm, dx: dx! }),
      options,
    );
    return {
      provider: session.provider,
      async evaluate(canvas, shift) {
        const offset = SHIFTS[shift]!;
        const outputs = await session.run({
          x: tensorOf(crop(canvas, offset.x, offset.y, windows.width, windows.height)),
          ...(await contentTarget.feedsFor(0, shift)),
        });
        return {
          style: outputs.style!.data[0]!,
          content: outputs.content!.data[0]! / contentTarget.energy,
          rough: outputs.rough!.data[0]!,
          dx: averageGradients(canvas, [{ ...offset, ...windows, data: outputs.dx!.data }]),
        };
      },
      release: () => releaseAll([session, contentTarget]),
    };
  }

  // With several windows: compute the statistics of the canvas, then the derivative of J with respect to them, then
  // each window's gradient.
  const reader = await openStatistics(net, windows, layers, options);
  const styleSlope = await openStyleSlope(style, settings, options);
  const slopes = layers.flatMap((layer) => {
    const { mean, gram } = moments.get(layer)!;
    return [mean, gram].map((value, i) => ({
      value,
      slope: input(`${i === 0 ? "mean" : "gram"} ${layer}`, value.shape),
    }));
  });
  const surrogate = slopes.map(({ value, slope }) => total(multiply(value, slope))).reduce(add);
  const [dx] = gradient([surrogate, scale(contentTerm, contentScale), roughTerm].reduce(add), [x]);
  const session = await openSession(build({ content: contentTerm, rough: roughTerm, dx: dx! }), options);
  return {
    provider: session.provider,
    async evaluate(canvas, shift) {
      const corners = windows.origins.map(({ x: left, y: top }) => ({
        x: left + SHIFTS[shift]!.x,
        y: top + SHIFTS[shift]!.y,
      }));
      const parts = corners.map(({ x: left, y: top }) => crop(canvas, left, top, windows.width, windows.height));
      const statistics: StyleStatistics[] = [];
      for (const part of parts) statistics.push(await reader.read(part));
      const { style: styleValue, feeds } = await styleSlope.evaluate(statistics);
      let [contentValue, rough] = [0, 0];
      const gradients: PlacedGradient[] = [];
      for (const [i, part] of parts.entries()) {
        const outputs = await session.run({ x: tensorOf(part), ...feeds, ...(await contentTarget.feedsFor(i, shift)) });
        contentValue += outputs.content!.data[0]!;
        rough += outputs.rough!.data[0]!;
        gradients.push({ ...corners[i]!, width: part.width, height: part.height, data: outputs.dx!.data });
      }
      return {
        style: styleValue,
        content: contentValue / contentTarget.energy,
        rough,
        dx: averageGradients(canvas, gradients),
      };
    },
    release: () => releaseAll([session, reader, styleSlope, contentTarget]),
  };
}

async function releaseAll(resources: readonly { release(): Promise<void> }[]): Promise<void> {
  for (const resource of resources) await resource.release();
}
