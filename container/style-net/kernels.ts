import { OPPONENT } from "../../imaging/opponent.ts";
import { divide, multiply, offset, square, squareRoot, subtract } from "../engine/arithmetic.ts";
import { matmul } from "../engine/linear-algebra.ts";
import { mean } from "../engine/normalisation.ts";
import { expand, sum } from "../engine/reduction.ts";
import { reshape, transpose } from "../engine/shape.ts";
import { constant, type Shape, sizeOf, type Value } from "../engine/value.ts";
import { type Architecture, type Layer, trainedLayers } from "./architecture.ts";

/** What is trained of a layer, as values of a graph or as their shapes. */
export interface Parameters<T> {
  /** [outputs, inputs, size, size], standardised before it is used. */
  readonly weight: T;
  /** [outputs]: the norm of each standardised kernel. */
  readonly gain: T;
  /** [outputs]. */
  readonly bias: T;
}

export const PARAMETERS = ["weight", "gain", "bias"] as const satisfies (keyof Parameters<unknown>)[];

/** The name of a parameter in graphs and checkpoints. */
export const nameOf = (layer: Layer, parameter: (typeof PARAMETERS)[number]): string => `${layer.name}.${parameter}`;

export function shapesOf({ inputs, outputs, size }: Layer): Parameters<Shape> {
  return { weight: [outputs, inputs, size, size], gain: [outputs], bias: [outputs] };
}

/** The variance of a rectified layer's result is that of its inputs (He et al. 2015, eq. 10): ‖w‖² = 2. */
const RECTIFIED_GAIN = Math.SQRT2;
/** A block begins as nearly the identity, so that the whole net begins as a blurred copy. */
const RESIDUAL_GAIN = 0.3;
/** The picture begins grey, of little contrast: what is far from [0, 1] has no gradient but the penalty's. */
const EXIT_GAIN = 0.3;
const GREY = [0.5 * Math.sqrt(3), 0, 0];

/** Initial parameters of every layer: Gaussian directions; `random` gives numbers in [0, 1). */
export function initialParameters(architecture: Architecture, random: () => number): Map<string, Float32Array> {
  const parameters = new Map<string, Float32Array>();
  for (const layer of trainedLayers(architecture)) {
    const shapes = shapesOf(layer);
    const leaves = layer.name === "exit";
    const gain = leaves ? EXIT_GAIN : layer.rectified ? RECTIFIED_GAIN : RESIDUAL_GAIN;
    parameters.set(
      nameOf(layer, "weight"),
      Float32Array.from({ length: sizeOf(shapes.weight) }, () => gaussian(random)),
    );
    parameters.set(nameOf(layer, "gain"), new Float32Array(layer.outputs).fill(gain));
    parameters.set(
      nameOf(layer, "bias"),
      Float32Array.from({ length: layer.outputs }, (_, i) => (leaves ? GREY[i]! : 0)),
    );
  }
  return parameters;
}

/** Box and Muller 1958. */
const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** What a layer convolves with: [outputs, inputs, 3, 3] and [outputs]; four times the outputs where it enlarges. */
export interface Kernel<T> {
  readonly kernel: T;
  readonly bias: T;
}

export function kernelOf(layer: Layer, { weight, gain, bias }: Parameters<Value>): Kernel<Value> {
  const standardised = standardise(weight, gain);
  if (!layer.enlarges) return { kernel: standardised, bias };
  const enlarging = { kernel: phases(standardised), bias: repeated(bias, PHASES) };
  return layer.halvesChroma ? withChromaHalved(enlarging) : enlarging;
}

/** [4·O, …] → [4 + (O − 1), …]: each plane but the first in the mean of its phases. */
function withChromaHalved({ kernel, bias }: Kernel<Value>): Kernel<Value> {
  const [rows, ...rest] = kernel.shape as [number, number, number, number];
  const kept = PHASES + rows / PHASES - 1;
  const matrix = new Float32Array(kept * rows);
  for (let row = 0; row < rows; row++)
    if (row < PHASES) matrix[row * rows + row] = 1;
    else matrix[(PHASES + Math.floor(row / PHASES) - 1) * rows + row] = 1 / PHASES;
  const means = constant(matrix, [kept, rows]);
  return {
    kernel: reshape(matmul(means, reshape(kernel, [rows, sizeOf(rest)])), [kept, ...rest]),
    bias: reshape(matmul(means, reshape(bias, [rows, 1])), [kept]),
  };
}

/**
 * ŵ = γ·(w − μ) / ‖w − μ‖ for each output channel. It keeps activations in scale without looking at them, so a trained net
 * has nothing left to fold or to measure. Scaled weight standardisation, Brock et al. 2021, eq. 1.
 */
function standardise(weight: Value, gain: Value): Value {
  const fan = [1, 2, 3];
  const centred = subtract(weight, mean(weight, fan));
  const norm = squareRoot(offset(sum(square(centred), fan), 1e-8));
  return multiply(divide(centred, norm), reshape(gain, [gain.shape[0]!, 1, 1, 1]));
}

const PHASES = 4;

/**
 * From four phases of luma and two chromas of half the size to the phases of red, green and blue: [12, 6, 3, 3]. Luma stays
 * as it is. Chroma is enlarged by a quadratic B-spline, the smoothest curve within three neighbours' reach: at a quarter pixel
 * from the middle their weights are ½(½ − t)², ¾ − t², ½(½ + t)² with t = ±¼ (Unser 1999, Splines: a perfect fit, eq. 5).
 */
export function colourKernel(): Float32Array {
  const spline = [-0.25, 0.25].map((t) => [0.5 * (0.5 - t) ** 2, 0.75 - t ** 2, 0.5 * (0.5 + t) ** 2]);
  const kernel = new Float32Array(12 * 6 * 9);
  for (let out = 0; out < 12; out++)
    for (let from = 0; from < 6; from++) {
      const [colour, phase, plane] = [out >> 2, out & 3, Math.max(0, from - PHASES + 1)];
      for (let place = 0; place < 9; place++) {
        const smooth = spline[phase >> 1]![Math.floor(place / 3)]! * spline[phase & 1]![place % 3]!;
        const own = place === 4 && phase === from ? 1 : 0;
        kernel[(out * 6 + from) * 9 + place] = OPPONENT[3 * plane + colour]! * (plane === 0 ? own : smooth);
      }
    }
  return kernel;
}

/**
 * A kernel over the nearest-neighbour enlargement of a picture, as one over the picture itself: each of the four pixels that
 * a pixel becomes sees, through its k×k window, 3×3 pixels of the original at most, some of them several times.
 * [O, C, k, k], k = 3 or 5 → [4·O, C, 3, 3]. The same numbers come out (but for rounding), at a quarter of the reading.
 */
function phases(kernel: Value): Value {
  const [outputs, inputs, size] = kernel.shape as [number, number, number, number];
  const seen = matmul(reshape(kernel, [outputs * inputs, size * size]), phaseMatrix(size));
  const apart = reshape(seen, [outputs, inputs, PHASES, 3, 3]);
  return reshape(transpose(apart, [0, 2, 1, 3, 4]), [PHASES * outputs, inputs, 3, 3]);
}

/** [k², 4·9]: one where tap (i, j) of the window around phase (a, b) falls on neighbour (u, v) of the pixel. */
function phaseMatrix(size: number): Value {
  const radius = (size - 1) / 2;
  const neighbour = (phase: number, tap: number) => Math.floor((phase + tap - radius) / 2) + 1;
  const matrix = new Float32Array(size * size * PHASES * 9);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      for (let phase = 0; phase < PHASES; phase++) {
        const place = 3 * neighbour(phase >> 1, i) + neighbour(phase & 1, j);
        matrix[((i * size + j) * PHASES + phase) * 9 + place] = 1;
      }
  return constant(matrix, [size * size, PHASES * 9]);
}

/** [n] → [n·times], each number `times` times running. */
function repeated(vector: Value, times: number): Value {
  const n = vector.shape[0]!;
  return reshape(expand(reshape(vector, [n, 1]), [n, times]), [n * times]);
}
