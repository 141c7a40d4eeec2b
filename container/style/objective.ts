import { crop } from "../../imaging/border.ts";
import type { Picture } from "../../imaging/picture.ts";
import { resizePlanes } from "../../imaging/resize.ts";
import { add, multiply, scale } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { gradient } from "../engine/gradient.ts";
import type { ImportedNet } from "../engine/import.ts";
import { total } from "../engine/reduction.ts";
import { type Numbers, open, type Provider, type SessionOptions } from "../engine/run.ts";
import { constant, input, sizeOf, type Value } from "../engine/value.ts";
import { contentLoss, covarianceOf, momentsLoss, roughness, styleLoss, weightedSum } from "./losses.ts";
import { openFeatures, openStatistics, type StyleStatistics, statisticsOf, tensorOf } from "./statistics.ts";
import { addAt, SHIFTS, windowsOver } from "./windows.ts";

/** What is to be made small: J = α·J_content + β·J_style, Gatys et al. 2016, eq. 7. */
export interface Aims {
  /** α and β. Each term is relative: 1 is the loss of a picture that has nothing of the content, or of the style. */
  contentWeight: number;
  styleWeight: number;
  contentLayer: string;
  /** Each style layer's share w_l; they are divided by their sum. */
  styleLayers: Readonly<Record<string, number>>;
  /** The paper's Gram matrices, or mean and covariance apart. */
  statistics: "gram" | "moments";
  /** How dear roughness is, absolute; 0 where the recipe has another cure for noise. */
  smoothness: number;
}

export interface Evaluation {
  style: number;
  content: number;
  /** ∂J/∂x [3, H, W] of the canvas. */
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
): Promise<Objective> {
  const windows = windowsOver(content);
  const layers = Object.keys(aims.styleLayers);
  const x = input("x", [1, 3, windows.height, windows.width]);
  const features = net.features(x, [...new Set([...layers, aims.contentLayer])]);
  const generated = features[aims.contentLayer]!;
  const target = input("target", generated.shape);
  const counts = input("counts", [1, 1, ...generated.shape.slice(2)]);
  const contentTerm = contentLoss(generated, target, counts);
  const roughTerm = scale(roughness(x), aims.smoothness);

  const kept = await contentOf(net, aims.contentLayer, content, faces, generated.shape, windows, options);
  // Of the whole canvas, whatever the number of windows: ½ Σ (a − ā)², which a picture without content would lose.
  const contentShare = aims.contentWeight / kept.energy;
  const moments = new Map(layers.map((layer) => [layer, statisticsOf(features[layer]!)]));

  if (windows.origins.length === 1) {
    const styleTerm = styleOf(moments, style, aims);
    const j = [scale(styleTerm, aims.styleWeight), scale(contentTerm, contentShare), roughTerm].reduce(add);
    const [dx] = gradient(j, [x]);
    const session = await open(build({ style: styleTerm, content: contentTerm, dx: dx! }), options);
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
  const session = await open(build({ content: contentTerm, dx: dx! }), options);
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
      let contentValue = 0;
      const gradients: Placed[] = [];
      for (const [i, part] of parts.entries()) {
        const found = await session.run({ x: tensorOf(part), ...feeds, ...(await kept.at(i, shift)) });
        contentValue += found.content!.data[0]!;
        gradients.push({ ...corners[i]!, width: part.width, height: part.height, data: found.dx!.data });
      }
      return { style: styleValue, content: contentValue / kept.energy, dx: placed(canvas, gradients) };
    },
    release: () => releaseAll([session, reader, overall, kept]),
  };
}

/** J_style of the layers' statistics, each layer relative to the style's own size. */
function styleOf(
  moments: ReadonlyMap<string, { mean: Value; gram: Value }>,
  style: StyleStatistics,
  { styleLayers, statistics }: Aims,
): Value {
  const whole = Object.values(styleLayers).reduce((sum, weight) => sum + weight, 0);
  const terms = Object.entries(styleLayers).map(([layer, weight]) => {
    const { channels, mean, gram } = style[layer]!;
    const { mean: m, gram: g } = moments.get(layer)!;
    const target = { mean: constant(mean, [channels, 1]), gram: constant(gram, [channels, channels]) };
    if (statistics === "gram") {
      const nothing = energyOf(gram) / (2 * channels) ** 2;
      return { value: styleLoss(g, target.gram), weight: weight / whole / nothing };
    }
    const covariance = gram.map((v, i) => v - mean[Math.floor(i / channels)]! * mean[i % channels]!);
    const value = momentsLoss(
      { mean: m, covariance: covarianceOf(m, g) },
      { mean: target.mean, covariance: constant(covariance, [channels, channels]) },
      { mean: energyOf(mean), covariance: energyOf(covariance) },
    );
    return { value, weight: weight / whole };
  });
  const sum = weightedSum(terms);
  if (!sum) throw new Error("No style layer was given.");
  return sum;
}

/** J_style of statistics that were averaged over windows, and how it changes with each window's. */
async function openStyleSlope(style: StyleStatistics, aims: Aims, options: SessionOptions) {
  const inputs = new Map(
    Object.entries(style).map(([layer, { channels }]) => [
      layer,
      { mean: input(`mean ${layer}`, [channels, 1]), gram: input(`gram ${layer}`, [channels, channels]) },
    ]),
  );
  const names = [...inputs].flatMap(([, { mean, gram }]) => [mean, gram]);
  const j = styleOf(inputs, style, aims);
  const slopes = gradient(scale(j, aims.styleWeight), names);
  const outputs = Object.fromEntries(names.map((value, i) => [`d ${value.name}`, slopes[i]!]));
  const session = await open(build({ style: j, ...outputs }), { ...options, provider: "cpu" });
  return {
    async at(windows: readonly StyleStatistics[]) {
      const share = 1 / windows.length;
      const average = (name: string, shape: readonly number[]): Numbers => {
        const [kind, layer] = name.split(" ") as ["mean" | "gram", string];
        const data = new Float32Array(sizeOf(shape));
        for (const statistics of windows)
          for (let i = 0; i < data.length; i++) data[i]! += share * statistics[layer]![kind][i]!;
        return { shape, data };
      };
      const found = await session.run(
        Object.fromEntries(names.map(({ name, shape }) => [name!, average(name!, shape)])),
      );
      const feeds = names.map(({ name, shape }) => [
        name!,
        { shape, data: found[`d ${name}`]!.data.map((v) => v * share) },
      ]);
      return { style: found.style!.data[0]!, feeds: Object.fromEntries(feeds) as Record<string, Numbers> };
    },
    release: () => session.release(),
  };
}

/** The content's features for each window and shift, read once; how much they are in all; and how much faces count. */
async function contentOf(
  net: ImportedNet,
  layer: string,
  content: Picture,
  faces: Float32Array | undefined,
  shape: readonly number[],
  windows: { width: number; height: number; origins: readonly { x: number; y: number }[] },
  options: SessionOptions,
) {
  const session = await openFeatures(net, windows, layer, options);
  const known = new Map<string, Record<"target" | "counts", Numbers>>();
  const [rows, columns] = shape.slice(2) as [number, number];
  const counts = (left: number, top: number): Float32Array => {
    if (!faces) return new Float32Array(rows * columns).fill(1);
    const seen = new Float32Array(windows.width * windows.height);
    for (let y = 0; y < windows.height; y++)
      seen.set(faces.subarray((top + y) * content.width + left).subarray(0, windows.width), y * windows.width);
    return resizePlanes(seen, windows.width, windows.height, columns, rows).map((face) => 1 + face);
  };
  const at = async (window: number, shift: number) => {
    const key = `${window} ${shift}`;
    const before = known.get(key);
    if (before) return before;
    const [left, top] = [windows.origins[window]!.x + SHIFTS[shift]!.x, windows.origins[window]!.y + SHIFTS[shift]!.y];
    const { features } = await session.run({ x: tensorOf(crop(content, left, top, windows.width, windows.height)) });
    const feeds = { target: features!, counts: { shape: [1, 1, rows, columns], data: counts(left, top) } };
    known.set(key, feeds);
    return feeds;
  };
  let energy = 0;
  for (const window of windows.origins.keys()) energy += 0.5 * centredEnergy((await at(window, 0)).target);
  return { at, energy: Math.max(energy, 1e-6), release: () => session.release() };
}

interface Placed extends Picture {
  x: number;
  y: number;
}

/** Gradients of windows on the canvas; where several lie over each other, their mean. */
function placed(canvas: Picture, parts: readonly Placed[]): Float32Array {
  const { width, height } = canvas;
  const sum = { width, height, data: new Float32Array(3 * width * height) };
  for (const part of parts) addAt(sum, part, part.x, part.y);
  if (parts.length > 1) {
    const cover = { width, height, data: new Float32Array(3 * width * height) };
    for (const part of parts)
      addAt(cover, { ...part, data: new Float32Array(part.data.length).fill(1) }, part.x, part.y);
    for (let i = 0; i < sum.data.length; i++) sum.data[i]! /= Math.max(1, cover.data[i]!);
  }
  return sum.data;
}

const energyOf = (numbers: Float32Array): number => numbers.reduce((sum, v) => sum + v * v, 0);

/** Σ (a − ā)² with the mean ā of each channel. */
function centredEnergy({ shape, data }: Numbers): number {
  const positions = sizeOf(shape.slice(2));
  let energy = 0;
  for (let start = 0; start < data.length; start += positions) {
    const channel = data.subarray(start, start + positions);
    const mean = channel.reduce((sum, v) => sum + v, 0) / positions;
    energy += channel.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  }
  return energy;
}

async function releaseAll(held: readonly { release(): Promise<void> }[]): Promise<void> {
  for (const one of held) await one.release();
}
