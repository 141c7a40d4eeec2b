/**
 * Compares the whole gradient of Gatys' loss with a second implementation: float64, plain loops, and a backward pass
 * derived by hand (Gatys et al. 2016, eq. 2 and 6), without the engine.
 */
import { expect, test } from "vitest";
import { add, relu, scale } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { convolution } from "../engine/convolution.ts";
import { gradient } from "../engine/gradient.ts";
import { averagePool } from "../engine/pooling.ts";
import { type FloatTensor, openSession } from "../engine/run.ts";
import { random, relativeError } from "../engine/testing/tensor.ts";
import { constant, input, type Value } from "../engine/value.ts";
import { contentLoss, gram, styleLoss, weightedSum } from "./losses.ts";

/**
 * A small VGG: 3×3 kernels with a padding of 1, ReLU, and 2×2 average pooling. `style` is the weight w_l of a layer.
 */
const NET = [
  { kind: "convolution", from: 3, to: 4, style: 0.5 },
  { kind: "convolution", from: 4, to: 6, style: 1 },
  { kind: "pool" },
  { kind: "convolution", from: 6, to: 8, style: 2 },
  { kind: "pool" },
  { kind: "convolution", from: 8, to: 8, style: 0.25, content: true },
] as const;
const POOL_OFFSETS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;
const ALPHA = 0.3;
const BETA = 80;

const kernels = NET.map((layer, i) =>
  layer.kind === "pool" ? [] : randomNumbers(layer.to * layer.from * 9, i + 1, 0.4),
);
const biases = NET.map((layer, i) => (layer.kind === "pool" ? [] : randomNumbers(layer.to, i + 50, 0.1)));

/** Feature maps in row-major order: values[(channel·height + y)·width + x]. */
interface Maps {
  channels: number;
  height: number;
  width: number;
  values: Float64Array;
}
const picture = ([height, width]: readonly [number, number], seed: number): Maps => ({
  channels: 3,
  height,
  width,
  values: Float64Array.from(random([3, height, width], seed, 0, 1).data),
});

test.each([
  { generated: [20, 16], style: [20, 16], name: "all pictures have the same size, as in the paper" },
  { generated: [16, 24], style: [20, 17], name: "the style has another size" },
] as const)("the gradient equals the one derived by hand: $name", async ({ generated, style }) => {
  const x = picture(generated, 101);
  const targets = targetsOf(picture(generated, 102), picture(style, 103));
  const byHand = derivedByHand(x, targets);
  const found = await byEngine(x, targets);

  expect(Math.abs(found.loss - byHand.loss) / byHand.loss).toBeLessThan(1e-5);
  // Both terms must contribute.
  expect(byHand.contentShare).toBeGreaterThan(0.1);
  expect(byHand.contentShare).toBeLessThan(0.9);
  expect(relativeError(found.gradient, byHand.gradient)).toBeLessThan(1e-4);
});

test("the gradient derived by hand equals central differences of its loss", () => {
  const x = picture([16, 16], 101);
  const targets = targetsOf(picture([16, 16], 102), picture([12, 20], 103));
  const { gradient: slope } = derivedByHand(x, targets);
  const differences = slope.map((_, i) => {
    const at = (by: number) => derivedByHand({ ...x, values: x.values.with(i, x.values[i]! + by) }, targets).loss;
    return i % 37 === 0 ? (at(1e-5) - at(-1e-5)) / 2e-5 : 0;
  });
  const sampled = slope.map((v, i) => (i % 37 === 0 ? v : 0));
  expect(relativeError(sampled, differences)).toBeLessThan(1e-5);
});

test("for pictures of the same size, J_style equals the paper's ‖G_S − G_G‖² / (2·n_H·n_W·n_C)²", async () => {
  const [height, width, channels] = [7, 5, 4];
  const shape = [1, channels, height, width];
  const [ours, theirs] = [random(shape, 1), random(shape, 2)];
  // Gatys et al. 2016, eq. 3 and 4: G_ij = Σ_k F_ik·F_jk, E = Σ_ij (G_ij − A_ij)² / (4·N²·M²).
  const entry = (f: Float64Array, i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < height * width; k++) sum += f[i * height * width + k]! * f[j * height * width + k]!;
    return sum;
  };
  let expected = 0;
  for (let i = 0; i < channels; i++)
    for (let j = 0; j < channels; j++)
      expected +=
        (entry(ours.data, i, j) - entry(theirs.data, i, j)) ** 2 / (4 * channels ** 2 * (height * width) ** 2);

  const found = await run(
    { j: styleLoss(gram(input("ours", shape)), gram(input("theirs", shape))) },
    { ours: { shape, data: Float32Array.from(ours.data) }, theirs: { shape, data: Float32Array.from(theirs.data) } },
  );
  expect(found.j![0]! / expected).toBeCloseTo(1, 5);
});

interface Targets {
  /** P: the content's features at the content layer. */
  content: Float64Array;
  /** The style's Gram matrices over its own number of positions, for each layer that has a style weight. */
  grams: Map<number, Float64Array>;
}

function targetsOf(content: Maps, style: Maps): Targets {
  const grams = new Map<number, Float64Array>();
  const styleMaps = forward(style);
  for (const [i, layer] of NET.entries()) if (layer.kind === "convolution") grams.set(i, gramOf(styleMaps[i + 1]!));
  return { content: forward(content).at(-1)!.values, grams };
}

/** The maps before the first layer and after each layer. */
function forward(x: Maps): Maps[] {
  const maps = [x];
  for (const [i, layer] of NET.entries()) {
    const { channels, height, width, values } = maps[i]!;
    if (layer.kind === "pool") {
      const half = mapsOf(channels, height >> 1, width >> 1);
      eachPosition(half, (to, c, row, column) => {
        for (const [dy, dx] of POOL_OFFSETS)
          half.values[to]! += values[(c * height + 2 * row + dy) * width + 2 * column + dx]! / 4;
      });
      maps.push(half);
      continue;
    }
    const after = mapsOf(layer.to, height, width);
    eachProduct(layer, maps[i]!, (to, from, weight) => {
      after.values[to]! += kernels[i]![weight]! * values[from]!;
    });
    eachPosition(after, (to, c) => {
      after.values[to] = Math.max(0, after.values[to]! + biases[i]![c]!);
    });
    maps.push(after);
  }
  return maps;
}

/** J = α·½‖F − P‖² + β·Σ_l w_l·E_l, and the backward pass from the last layer to the picture. */
function derivedByHand(x: Maps, { content, grams }: Targets) {
  const maps = forward(x);
  let [contentTerm, styleTerm] = [0, 0];
  let gradientAfter = new Float64Array(maps.at(-1)!.values.length);
  for (const [i, layer] of [...NET.entries()].reverse()) {
    const before = maps[i]!;
    const { channels, height, width, values: f } = maps[i + 1]!;
    const gradientBefore = new Float64Array(before.values.length);
    if (layer.kind === "pool") {
      eachPosition(maps[i + 1]!, (to, c, row, column) => {
        for (const [dy, dx] of POOL_OFFSETS)
          gradientBefore[(c * before.height + 2 * row + dy) * before.width + 2 * column + dx]! +=
            gradientAfter[to]! / 4;
      });
      gradientAfter = gradientBefore;
      continue;
    }
    if ("content" in layer) {
      for (const [k, p] of content.entries()) {
        contentTerm += 0.5 * (f[k]! - p) ** 2;
        // Eq. 2: ∂L/∂F = F − P.
        gradientAfter[k]! += ALPHA * (f[k]! - p);
      }
    }
    const positions = height * width;
    const g = gramOf(maps[i + 1]!);
    const a = grams.get(i)!;
    for (let p = 0; p < channels; p++) {
      for (let q = 0; q < channels; q++) {
        const apart = g[p * channels + q]! - a[p * channels + q]!;
        styleTerm += (layer.style * apart ** 2) / (4 * channels ** 2);
        // Eq. 6, with both Gram matrices over their number of positions M: ∂E/∂F = (G − A)·F / (N²·M).
        const k = (BETA * layer.style * apart) / (channels ** 2 * positions);
        for (let at = 0; at < positions; at++) gradientAfter[p * positions + at]! += k * f[q * positions + at]!;
      }
    }
    // Both gradients are 0 where F is 0: ReLU blocks them.
    for (let k = 0; k < gradientAfter.length; k++) if (f[k]! <= 0) gradientAfter[k] = 0;
    eachProduct(layer, before, (to, from, weight) => {
      gradientBefore[from]! += kernels[i]![weight]! * gradientAfter[to]!;
    });
    gradientAfter = gradientBefore;
  }
  const loss = ALPHA * contentTerm + BETA * styleTerm;
  return { loss, contentShare: (ALPHA * contentTerm) / loss, gradient: gradientAfter };
}

async function byEngine({ height, width, values }: Maps, { content, grams }: Targets) {
  const x = input("x", [1, 3, height, width]);
  let features: Value = x;
  let contentTerm = constant([0], []);
  const styleTerms: { value: Value; weight: number }[] = [];
  for (const [i, layer] of NET.entries()) {
    if (layer.kind === "pool") {
      features = averagePool(features, { size: [2, 2], strides: 2 });
      continue;
    }
    const kernel = constant(kernels[i]!, [layer.to, layer.from, 3, 3]);
    features = relu(convolution(features, kernel, { pads: 1, bias: constant(biases[i]!, [layer.to]) }));
    const target = constant(Float32Array.from(grams.get(i)!), [layer.to, layer.to]);
    styleTerms.push({ value: styleLoss(gram(features), target), weight: layer.style });
    if ("content" in layer) contentTerm = contentLoss(features, constant(Float32Array.from(content), features.shape));
  }
  const loss = add(scale(contentTerm, ALPHA), scale(weightedSum(styleTerms)!, BETA));
  const [dx] = gradient(loss, [x]);
  const found = await run({ loss, dx: dx! }, { x: { shape: x.shape, data: Float32Array.from(values) } });
  return { loss: found.loss![0]!, gradient: found.dx! };
}

async function run(outputs: Record<string, Value>, feeds: Record<string, FloatTensor>) {
  const session = await openSession(build(outputs));
  const found = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data]));
}

const mapsOf = (channels: number, height: number, width: number): Maps => ({
  channels,
  height,
  width,
  values: new Float64Array(channels * height * width),
});

function eachPosition(maps: Maps, visit: (position: number, channel: number, y: number, x: number) => void): void {
  let position = 0;
  for (let c = 0; c < maps.channels; c++)
    for (let y = 0; y < maps.height; y++) for (let x = 0; x < maps.width; x++) visit(position++, c, y, x);
}

/**
 * Visits every product of a 3×3 convolution with a padding of 1: the positions in the output, the input and the kernel.
 */
function eachProduct(
  { from, to }: { from: number; to: number },
  { height, width }: Maps,
  visit: (to: number, from: number, weight: number) => void,
): void {
  for (let o = 0; o < to; o++)
    for (let c = 0; c < from; c++)
      for (let u = 0; u < 3; u++)
        for (let v = 0; v < 3; v++)
          for (let y = Math.max(0, 1 - u); y < Math.min(height, height + 1 - u); y++)
            for (let x = Math.max(0, 1 - v); x < Math.min(width, width + 1 - v); x++)
              visit(
                (o * height + y) * width + x,
                (c * height + y + u - 1) * width + x + v - 1,
                ((o * from + c) * 3 + u) * 3 + v,
              );
}

/** Σ_k F_ik·F_jk, divided by the number of positions. */
function gramOf({ channels, height, width, values }: Maps): Float64Array {
  const positions = height * width;
  const g = new Float64Array(channels * channels);
  for (let i = 0; i < channels; i++)
    for (let j = 0; j < channels; j++)
      for (let k = 0; k < positions; k++)
        g[i * channels + j]! += (values[i * positions + k]! * values[j * positions + k]!) / positions;
  return g;
}

/** Random numbers that float32 represents exactly. */
function randomNumbers(length: number, seed: number, size: number): number[] {
  return [...random([length], seed, -size, size).data];
}
