import { crop } from "../../imaging/border.ts";
import type { Picture } from "../../imaging/picture.ts";
import { add, multiply, scale } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { gradient } from "../engine/gradient.ts";
import type { ImportedNet } from "../engine/import.ts";
import type { Provider } from "../engine/provider.ts";
import { total } from "../engine/reduction.ts";
import { open, type SessionOptions } from "../engine/run.ts";
import { input } from "../engine/value.ts";
import type { Aims } from "./aims.ts";
import { openContentTarget } from "./content-target.ts";
import { contentLoss, roughness } from "./losses.ts";
import { featuresOf, openStatistics, type StyleStatistics, statisticsOf, tensorOf } from "./statistics.ts";
import { openStyleSlope, styleOf } from "./style-term.ts";
import { type Placed, placed, SHIFTS, type Windows, windowsOver } from "./windows.ts";

interface Evaluation {
  style: number;
  content: number;
  /** What roughness adds to J. */
  rough: number;
  /** ∂J/∂x [3, H, W] of the canvas; of a pixel that several windows see, the mean of their parts of it. */
  dx: Float32Array;
}

export interface Objective {
  readonly provider: Provider;
  /** J and its gradient with the canvas seen at `SHIFTS[shift]`. */
  evaluate(x: Picture, shift: number): Promise<Evaluation>;
  release(): Promise<void>;
}

/**
 * The objective for one canvas. `content` is a canvas too, the picture whose features are kept; `faces` [H, W], if given,
 * counts the content of a position 1 + faces times. A canvas that is too large to be seen at once is seen in windows, whose
 * statistics are averaged first: the style is the whole picture's, not each window's.
 */
export async function openObjective(
  net: ImportedNet,
  aims: Aims,
  style: StyleStatistics,
  content: Picture,
  faces: Float32Array | undefined,
  options: SessionOptions,
  windows: Windows = windowsOver(content),
): Promise<Objective> {
  const layers = Object.keys(aims.styleLayers);
  const x = input("x", [1, 3, windows.height, windows.width]);
  const features = featuresOf(net, x, [...new Set([...layers, aims.contentLayer])]);
  const generated = features[aims.contentLayer]!;
  const target = input("target", generated.shape);
  const counts = input("counts", [1, 1, ...generated.shape.slice(2)]);
  const contentTerm = contentLoss(generated, target, counts);
  const roughTerm = scale(roughness(x), aims.smoothness / windows.origins.length);

  const kept = await openContentTarget(net, aims.contentLayer, content, faces, generated.shape, windows, options);
  // Of the whole canvas, whatever the number of windows: ½ Σ (a − ā)², which a picture without content would lose.
  const contentShare = aims.contentWeight / kept.energy;
  const moments = new Map(layers.map((layer) => [layer, statisticsOf(features[layer]!)]));

  if (windows.origins.length === 1) {
    const styleTerm = styleOf(moments, style, aims);
    const j = [scale(styleTerm, aims.styleWeight), scale(contentTerm, contentShare), roughTerm].reduce(add);
    const [dx] = gradient(j, [x]);
    const session = await open(build({ style: styleTerm, content: contentTerm, rough: roughTerm, dx: dx! }), options);
    return {
      provider: session.provider,
      async evaluate(canvas, shift) {
        const at = SHIFTS[shift]!;
        const found = await session.run({
          x: tensorOf(crop(canvas, at.x, at.y, windows.width, windows.height)),
          ...(await kept.at(0, shift)),
        });
        return {
          style: found.style!.data[0]!,
          content: found.content!.data[0]! / kept.energy,
          rough: found.rough!.data[0]!,
          dx: placed(canvas, [{ ...at, ...windows, data: found.dx!.data }]),
        };
      },
      release: () => releaseAll([session, kept]),
    };
  }

  // In windows: the canvas' statistics first, then how J changes with them, then each window's part in that.
  const reader = await openStatistics(net, windows, layers, options);
  const overall = await openStyleSlope(style, aims, options);
  const slopes = layers.flatMap((layer) => {
    const { mean, gram } = moments.get(layer)!;
    return [mean, gram].map((value, i) => ({
      value,
      slope: input(`${i === 0 ? "mean" : "gram"} ${layer}`, value.shape),
    }));
  });
  const surrogate = slopes.map(({ value, slope }) => total(multiply(value, slope))).reduce(add);
  const [dx] = gradient([surrogate, scale(contentTerm, contentShare), roughTerm].reduce(add), [x]);
  const session = await open(build({ content: contentTerm, rough: roughTerm, dx: dx! }), options);
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
      const { style: styleValue, feeds } = await overall.at(statistics);
      let [contentValue, rough] = [0, 0];
      const gradients: Placed[] = [];
      for (const [i, part] of parts.entries()) {
        const found = await session.run({ x: tensorOf(part), ...feeds, ...(await kept.at(i, shift)) });
        contentValue += found.content!.data[0]!;
        rough += found.rough!.data[0]!;
        gradients.push({ ...corners[i]!, width: part.width, height: part.height, data: found.dx!.data });
      }
      return { style: styleValue, content: contentValue / kept.energy, rough, dx: placed(canvas, gradients) };
    },
    release: () => releaseAll([session, reader, overall, kept]),
  };
}

async function releaseAll(held: readonly { release(): Promise<void> }[]): Promise<void> {
  for (const one of held) await one.release();
}
