import { expect, test } from "vitest";
import { evaluate } from "../engine/testing/agreement.ts";
import { random, relativeError } from "../engine/testing/tensor.ts";
import { constant, type Value } from "../engine/value.ts";
import type { LossSettings } from "./loss-settings.ts";
import { blendStatistics, type StyleStatistics } from "./statistics.ts";
import { openStyleSlope, styleTermOf } from "./style-term.ts";

const SETTINGS: LossSettings = {
  contentWeight: 1,
  styleWeight: 3,
  contentLayer: "b",
  styleLayers: { a: 1, b: 3 },
  statistics: "moments",
  smoothness: 0,
};
type LayerStatistics = StyleStatistics[string];
const KINDS = ["moments", "gram", "normalizedGram"] as const;

/** Statistics of random features at 20 positions. */
function layerOf(channels: number, seed: number): LayerStatistics {
  const { data } = random([channels, 20], seed, 0, 1);
  const at = (c: number, k: number) => data[20 * c + k]!;
  const over = (f: (k: number) => number) =>
    Array.from({ length: 20 }, (_, k) => f(k)).reduce((sum, v) => sum + v, 0) / 20;
  return {
    channels,
    mean: Float32Array.from({ length: channels }, (_, c) => over((k) => at(c, k))),
    gram: Float32Array.from({ length: channels ** 2 }, (_, i) =>
      over((k) => at(Math.floor(i / channels), k) * at(i % channels, k)),
    ),
  };
}
const statisticsOf = (seed: number): StyleStatistics => ({ a: layerOf(2, seed), b: layerOf(3, seed + 1) });

const style = statisticsOf(1);
const windows = [statisticsOf(11), statisticsOf(21), statisticsOf(31)];
const averaged = blendStatistics(windows.map((statistics) => ({ statistics, weight: 1 })));

/**
 * J_style in plain loops, relative to the style: ‖x − s‖² / ‖s‖². Both moments count half; layer a counts 1/4 and b
 * 3/4.
 */
function referenceLoss(of: StyleStatistics, target: StyleStatistics, kind: LossSettings["statistics"]): number {
  const relative = (x: ArrayLike<number>, s: ArrayLike<number>) => {
    let [apart, size] = [0, 0];
    for (let i = 0; i < s.length; i++) {
      apart += (x[i]! - s[i]!) ** 2;
      size += s[i]! ** 2;
    }
    return apart / size;
  };
  const covariance = ({ channels, mean, gram }: LayerStatistics) =>
    Array.from(gram, (v, i) => v - mean[Math.floor(i / channels)]! * mean[i % channels]!);
  const loss = (layer: string) => {
    const [x, s] = [of[layer]!, target[layer]!];
    if (kind === "gram") return relative(x.gram, s.gram);
    if (kind === "normalizedGram") {
      // Divide every filter by its mean on the painting plus a tenth of the average mean.
      const typical = s.mean.reduce((sum, v) => sum + v, 0) / s.channels;
      const size = (c: number) => s.mean[c]! + typical / 10;
      const normalized = ({ channels, gram }: LayerStatistics) =>
        Array.from(gram, (v, i) => v / size(Math.floor(i / channels)) / size(i % channels));
      return relative(normalized(x), normalized(s));
    }
    return 0.5 * (relative(x.mean, s.mean) + relative(covariance(x), covariance(s)));
  };
  return (loss("a") + 3 * loss("b")) / 4;
}

async function lossByGraph(
  of: StyleStatistics,
  target: StyleStatistics,
  kind: LossSettings["statistics"],
): Promise<number> {
  const moments = new Map<string, { mean: Value; gram: Value }>(
    Object.entries(of).map(([layer, { channels, mean, gram }]) => [
      layer,
      { mean: constant(mean, [channels, 1]), gram: constant(gram, [channels, channels]) },
    ]),
  );
  const j = styleTermOf(moments, target, { ...SETTINGS, statistics: kind });
  return (await evaluate({ j }, [])).j!.data[0]!;
}

test.each(KINDS)("J_style with %s is relative to the style, and layers count by their weights", async (kind) => {
  const [other] = windows;
  expect((await lossByGraph(other!, style, kind)) / referenceLoss(other!, style, kind)).toBeCloseTo(1, 4);
  expect(await lossByGraph(style, style, kind)).toBeLessThan(1e-10);
});

test.each(KINDS)("with %s a uniform or black style does not cause a division by zero", async (kind) => {
  const gray = { channels: 2, mean: Float32Array.of(0.5, 0.5), gram: new Float32Array(4).fill(0.25) };
  const black = { channels: 3, mean: new Float32Array(3), gram: new Float32Array(9) };
  const nothing = { a: gray, b: black };
  expect(await lossByGraph(nothing, nothing, kind)).toBe(0);
  const j = await lossByGraph(windows[0]!, nothing, kind);
  expect(Number.isFinite(j)).toBe(true);
  expect(j).toBeGreaterThan(1);
});

test("an empty list of style layers is rejected", () => {
  expect(() => styleTermOf(new Map(), {}, { ...SETTINGS, styleLayers: {} })).toThrow("No style layers are set");
});

test.each(KINDS)(
  "the statistics of windows are averaged, and each window gets its share of the gradient: %s",
  async (kind) => {
    const slope = await openStyleSlope(style, { ...SETTINGS, statistics: kind }, {});
    const { style: j, feeds } = await slope.evaluate(windows);
    await slope.release();
    expect(j / referenceLoss(averaged, style, kind)).toBeCloseTo(1, 4);
    // This differs from the mean of the windows' own losses.
    const mean = windows.reduce((sum, of) => sum + referenceLoss(of, style, kind), 0) / 3;
    expect(Math.abs(j / mean - 1)).toBeGreaterThan(0.05);

    for (const layer of ["a", "b"])
      for (const of of ["mean", "gram"] as const) {
        // For every number of the first window. β·J is minimized.
        const differences = Array.from(windows[0]![layer]![of], (_, i) => {
          const at = (by: number) => {
            const [first, ...others] = windows as [StyleStatistics, ...StyleStatistics[]];
            const moved = { ...first[layer]!, [of]: first[layer]![of].with(i, first[layer]![of][i]! + by) };
            const all = [{ ...first, [layer]: moved }, ...others].map((statistics) => ({ statistics, weight: 1 }));
            return SETTINGS.styleWeight * referenceLoss(blendStatistics(all), style, kind);
          };
          return (at(1e-2) - at(-1e-2)) / 2e-2;
        });
        expect(relativeError(feeds[`${of} ${layer}`]!.data, differences), `${of} ${layer}`).toBeLessThan(5e-3);
      }
  },
);
