import { OPPONENT, opponentOf } from "../../imaging/opponent.ts";
import type { Picture } from "../../imaging/picture.ts";
import { resizePlanes } from "../../imaging/resize.ts";
import { add, multiply, scale } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import { convolution } from "../engine/convolution.ts";
import { gradient } from "../engine/gradient.ts";
import { resizeBilinear } from "../engine/linear-algebra.ts";
import { total } from "../engine/reduction.ts";
import { type FloatTensor, openSession, type SessionOptions } from "../engine/run.ts";
import { concatenate, reshape } from "../engine/shape.ts";
import { constant, input, sizeOf, type Value } from "../engine/value.ts";

/** The number of halvings in the pyramid. */
const HALVINGS = 5;
/** The gain of each level relative to the next coarser one, so that the optimizer paints large strokes first. */
const LEVEL_GAIN = 0.7;
/** The gains of luma and the two chromas. */
const CHANNEL_GAIN = [1, 0.5, 0.5] as const;
/**
 * The parameters of the optimization: not pixels but x = B·Σ_l up(k_l·z_l), the levels of a pyramid in opponent colors.
 * The same gradient then makes larger strokes, and the loss is lower after the same number of steps.
 */
export interface Pyramid {
  /** The length of z: all levels in one array, the finest first. */
  readonly size: number;
  /** Computes the z of a picture. */
  decompose(picture: Picture): Float32Array;
  reconstruct(z: Float32Array): Promise<Picture>;
  /** ∂L/∂z, given ∂L/∂x. */
  gradient(dx: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

export async function openPyramid(width: number, height: number, options: SessionOptions): Promise<Pyramid> {
  const sizes = Array.from({ length: HALVINGS + 1 }, (_, level) => ({
    width: Math.max(1, Math.round(width / 2 ** level)),
    height: Math.max(1, Math.round(height / 2 ** level)),
  }));
  const levelGains = sizes.map((_, level) => LEVEL_GAIN ** (HALVINGS - level));
  const levels = sizes.map((size, level) => input(`z${level}`, [1, 3, size.height, size.width]));
  const x = pictureOf(levels, levelGains);
  const dx = input("dx", x.shape);
  const forward = await openSession(build({ x }), options);
  // x is linear in z, so the gradient ∂(Σ x·dx)/∂z does not depend on z.
  const slopes = gradient(total(multiply(x, dx)), levels);
  const flat = slopes.map((slope) => reshape(slope, [sizeOf(slope.shape)]));
  const backward = await openSession(build({ dz: concatenate(flat, 0) }), options);

  const shapes = levels.map(({ shape }) => shape);
  const starts = shapes.map((_, level) => shapes.slice(0, level).reduce((sum, shape) => sum + sizeOf(shape), 0));
  const size = starts.at(-1)! + sizeOf(shapes.at(-1)!);
  const part = (z: Float32Array, level: number): FloatTensor => ({
    shape: shapes[level]!,
    data: z.subarray(starts[level], starts[level]! + sizeOf(shapes[level]!)),
  });

  return {
    size,
    decompose(picture) {
      const z = new Float32Array(size);
      let finer: Float32Array = opponentOf(picture).data.map(
        (value, i) => value / CHANNEL_GAIN[Math.floor(i / (width * height))]!,
      );
      for (const [level, levelSize] of sizes.entries()) {
        const next = sizes[level + 1];
        if (!next) {
          z.set(
            finer.map((value) => value / levelGains[level]!),
            starts[level],
          );
          break;
        }
        const coarser = resizePlanes(finer, levelSize.width, levelSize.height, next.width, next.height);
        const enlarged = resizePlanes(coarser, next.width, next.height, levelSize.width, levelSize.height);
        z.set(
          finer.map((value, i) => (value - enlarged[i]!) / levelGains[level]!),
          starts[level],
        );
        finer = coarser;
      }
      return z;
    },
    async reconstruct(z) {
      const feeds = Object.fromEntries(levels.map((_, level) => [`z${level}`, part(z, level)]));
      return { width, height, data: (await forward.run(feeds)).x!.data };
    },
    async gradient(dxData) {
      return (await backward.run({ dx: { shape: x.shape, data: dxData } })).dz!.data;
    },
    async release() {
      await forward.release();
      await backward.release();
    },
  };
}

/** Sums the levels, enlarging each coarser sum to the next size, and converts opponent colors to RGB. */
function pictureOf(levels: readonly Value[], gains: readonly number[]): Value {
  const sum = levels
    .map((level, l) => scale(level, gains[l]!))
    .reduceRight((coarse, fine) => add(resizeBilinear(coarse, fine.shape[2]!, fine.shape[3]!), fine));
  const matrix = [0, 1, 2].flatMap((channel) => CHANNEL_GAIN.map((pace, c) => OPPONENT[3 * c + channel]! * pace));
  return convolution(sum, constant(matrix, [3, 3, 1, 1]));
}
