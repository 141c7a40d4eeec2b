/** Pooling: one number for each window of each channel, in 1-D, 2-D and 3-D: x [N, C, …space] → [N, C, …space′]. */
import { add, divide, equal, multiply, scale, where } from "./arithmetic.ts";
import {
  isCompleteWindow,
  kernelPositions,
  outputSizes,
  type ResolvedWindow,
  resolveWindow,
  transposedConvolution,
  type WindowOptions,
} from "./convolution.ts";
import { mean } from "./normalization.ts";
import { upsample } from "./reduction.ts";
import { pad, placeSlice, slice } from "./shape.ts";
import { constant, emit, sizeOf, throwShapeError, type Value } from "./value.ts";

export interface PoolingOptions extends WindowOptions {
  /** Sides of the window, one for each spatial axis. */
  size: readonly number[];
}

/** y = mean of the window; padding counts as zeros. ∂L/∂x adds dy / |window| over each window. */
export function averagePool(x: Value, options: PoolingOptions): Value {
  const window = resolvePoolingWindow("AveragePool", x, options);
  return emit("AveragePool", [x], {
    shape: [x.shape[0]!, x.shape[1]!, ...outputSizes(x.shape.slice(2), window)],
    attributes: { ...poolingAttributes(window), count_include_pad: 1n },
    gradients: [(dy) => averagePoolGradient(dy, x, window)],
  });
}

/**
 * y = mean of the window's positions inside the picture, without padding. ∂L/∂x adds dy / (number of those positions)
 * over each window.
 */
export function averagePoolInside(x: Value, options: PoolingOptions): Value {
  const window = resolvePoolingWindow("AveragePool", x, options);
  return emit("AveragePool", [x], {
    shape: [x.shape[0]!, x.shape[1]!, ...outputSizes(x.shape.slice(2), window)],
    attributes: { ...poolingAttributes(window), count_include_pad: 0n },
    gradients: [(dy) => averagePoolGradient(multiply(dy, windowSizeOverInsideCount(x, window)), x, window)],
  });
}

/**
 * |window| ÷ (number of its positions inside the picture), [1, 1, …space′]: the product of the ratios along each axis.
 */
function windowSizeOverInsideCount(x: Value, window: ResolvedWindow): Value {
  const space = x.shape.slice(2);
  return outputSizes(space, window)
    .map((n, i) => {
      const ratios = Array.from({ length: n }, (_, p) => {
        const from = p * window.strides[i]! - window.before[i]!;
        return window.kernel[i]! / (Math.min(from + window.kernel[i]!, space[i]!) - Math.max(from, 0));
      });
      return constant(
        ratios,
        x.shape.map((_, axis) => (axis === i + 2 ? n : 1)),
      );
    })
    .reduce(multiply);
}

/** y = maximum of the window. ∂L/∂x passes dy to the maximum, in equal parts if several positions share it. */
export function maxPool(x: Value, options: PoolingOptions): Value {
  const window = resolvePoolingWindow("MaxPool", x, options);
  return emit("MaxPool", [x], {
    shape: [x.shape[0]!, x.shape[1]!, ...outputSizes(x.shape.slice(2), window)],
    attributes: { ...poolingAttributes(window), dilations: window.dilations.map(BigInt) },
    gradients: [(dy, y) => maxPoolGradient(dy, y, x, window)],
  });
}

/** [N, C, …space] → [N, C, 1, …]. */
export const globalAveragePool = (x: Value): Value => mean(x, [...x.shape.keys()].slice(2));

function resolvePoolingWindow(operator: string, x: Value, { size, ...options }: PoolingOptions): ResolvedWindow {
  if (x.shape.length !== size.length + 2)
    throwShapeError(operator, [x], `the window [${size.join(", ")}] must have one side for each spatial axis`);
  const window = resolveWindow(size, options);
  if (!isCompleteWindow(window))
    throwShapeError(operator, [x], `strides, pads and dilations must fit ${size.length} spatial axes`);
  if (size.some((k, i) => Math.max(window.before[i]!, window.after[i]!) >= k))
    throwShapeError(operator, [x], `each pad must be smaller than the window [${size.join(", ")}]`);
  if (operator === "AveragePool" && window.dilations.some((d) => d !== 1))
    throwShapeError(operator, [x], "dilations are not supported");
  return window;
}

const poolingAttributes = ({ kernel, strides, before, after }: ResolvedWindow) => ({
  kernel_shape: kernel.map(BigInt),
  strides: strides.map(BigInt),
  pads: [...before, ...after].map(BigInt),
});

/** Adds dy / |window| to every position of each window. */
function averagePoolGradient(dy: Value, x: Value, window: ResolvedWindow): Value {
  const { kernel, strides, before, after } = window;
  const space = x.shape.slice(2);
  const share = 1 / sizeOf(kernel);
  const [side] = kernel;
  const isTiling = kernel.every((k, i) => k === side && strides[i] === k && before[i] === 0 && after[i] === 0);
  if (isTiling && space.every((n) => n % side! === 0)) return upsample(scale(dy, share), side!);
  if (strides.every((s) => s === 1) && kernel.every((k, i) => k > before[i]! && k > after[i]!))
    // The kernel is symmetric, so the operation is its own transpose.
    return averagePool(dy, {
      size: kernel,
      pads: [...kernel.map((k, i) => k - 1 - before[i]!), ...kernel.map((k, i) => k - 1 - after[i]!)],
    });
  const channels = x.shape[1]!;
  const shares = constant(new Float32Array(channels * sizeOf(kernel)).fill(share), [channels, 1, ...kernel]);
  return transposedConvolution(dy, shares, {
    strides,
    pads: [...before, ...after],
    groups: channels,
    outputPads: space.map((n, i) => n - ((dy.shape[2 + i]! - 1) * strides[i]! + kernel[i]! - before[i]! - after[i]!)),
  });
}

/** Lower than any feature, but finite, so that nothing becomes NaN. */
const PADDING_VALUE = -3.4e38;

function maxPoolGradient(dy: Value, y: Value, x: Value, window: ResolvedWindow): Value {
  const { kernel, strides, before, after, dilations } = window;
  const axes = kernel.map((_, i) => i + 2);
  const padded = pad(
    x,
    axes.map((axis, i) => ({ axis, before: before[i]!, after: after[i]! })),
    PADDING_VALUE,
  );
  const ranges = kernelPositions(kernel).map((tap) =>
    axes.map((axis, i) => ({
      axis,
      from: tap[i]! * dilations[i]!,
      to: tap[i]! * dilations[i]! + (y.shape[axis]! - 1) * strides[i]! + 1,
      step: strides[i]!,
    })),
  );
  const isMaximum = ranges.map((range) => equal(slice(padded, range), y));
  const one = constant(new Float32Array(sizeOf(y.shape)).fill(1), y.shape);
  const maximumCount = isMaximum.map((mask) => where(mask, one)).reduce(add);
  const share = divide(dy, maximumCount);
  const contributions = ranges.map((range, i) => placeSlice(where(isMaximum[i]!, share), range, padded.shape));
  return slice(
    contributions.reduce(add),
    axes.map((axis, i) => ({ axis, from: before[i]!, to: before[i]! + x.shape[axis]! })),
  );
}
