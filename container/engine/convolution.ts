/**
 * Convolution and its transpose in 1-D, 2-D and 3-D: x [N, C, …space], kernel [O, C / groups, …k], y [N, O, …space′].
 * As usual in neural networks, "convolution" means cross-correlation: the kernel is not flipped.
 */
import { add } from "./arithmetic.ts";
import { matmul, swapLastTwo } from "./linear-algebra.ts";
import { perChannel } from "./normalization.ts";
import { sum } from "./reduction.ts";
import { concatenate, pad, reshape, reverse, slice, transpose } from "./shape.ts";
import { emit, type Shape, sameShape, sizeOf, throwShapeError, type Value } from "./value.ts";

export interface WindowOptions {
  /** One number for each spatial axis, or one for all. */
  strides?: number | readonly number[];
  /** One number for all sides, or the padding before each axis followed by the padding after each axis, as in ONNX. */
  pads?: number | readonly number[];
  dilations?: number | readonly number[];
}

export interface ConvolutionOptions extends WindowOptions {
  groups?: number;
  /** [O], added to the output channels. */
  bias?: Value;
}

/** Window options with one number for each spatial axis. */
export interface ResolvedWindow {
  kernel: readonly number[];
  strides: readonly number[];
  before: readonly number[];
  after: readonly number[];
  dilations: readonly number[];
}

/** Expands scalar options to one number for each axis of `kernel`. */
export function resolveWindow(
  kernel: readonly number[],
  { strides = 1, pads = 0, dilations = 1 }: WindowOptions,
): ResolvedWindow {
  const perAxis = (of: number | readonly number[]) => (typeof of === "number" ? kernel.map(() => of) : of);
  const sides = typeof pads === "number" ? [...kernel, ...kernel].map(() => pads) : pads;
  return {
    kernel,
    strides: perAxis(strides),
    before: sides.slice(0, kernel.length),
    after: sides.slice(kernel.length),
    dilations: perAxis(dilations),
  };
}

/** Whether every option has exactly one number for each spatial axis. */
export const isCompleteWindow = ({ kernel, strides, before, after, dilations }: ResolvedWindow): boolean =>
  [strides, before, after, dilations].every(({ length }) => length === kernel.length);

/** The output size along each axis: ⌊(n + pads − (k − 1)·dilation − 1) / stride⌋ + 1. */
export function outputSizes(space: Shape, { kernel, strides, before, after, dilations }: ResolvedWindow): number[] {
  return space.map(
    (n, i) => Math.floor((n + before[i]! + after[i]! - (kernel[i]! - 1) * dilations[i]! - 1) / strides[i]!) + 1,
  );
}

/**
 * y[n, o, p] = b[o] + Σ_c Σ_t w[o, c, t]·x[n, c, p·stride + t·dilation − pad].
 *
 * ∂L/∂x is dy convolved with the transposed kernel. ∂L/∂w correlates x with dy. ∂L/∂b sums dy.
 */
export function convolution(x: Value, kernel: Value, options: ConvolutionOptions = {}): Value {
  const { groups = 1, bias } = options;
  const [batch, channels, ...space] = x.shape;
  const [outputs, perGroup, ...size] = kernel.shape;
  if (space.length < 1 || size.length !== space.length)
    throwShapeError("Conv", [x, kernel], "the input and the kernel have different numbers of spatial axes");
  if (channels !== perGroup! * groups || outputs! % groups !== 0)
    throwShapeError("Conv", [x, kernel], `the channel counts do not match ${groups} group${groups === 1 ? "" : "s"}`);
  if (bias && !sameShape(bias.shape, [outputs!]))
    throwShapeError("Conv", [x, kernel, bias], "the bias must have one number for each output channel");
  const window = resolveWindow(size, options);
  if (!isCompleteWindow(window))
    throwShapeError("Conv", [x, kernel], `strides, pads and dilations must fit ${size.length} spatial axes`);
  return emit("Conv", bias ? [x, kernel, bias] : [x, kernel], {
    shape: [batch!, outputs!, ...outputSizes(space, window)],
    attributes: { ...windowAttributes(window), group: BigInt(groups) },
    gradients: [
      (dy) => gradientOfInput(dy, kernel, space, window, groups),
      (dy) => gradientOfKernel(x, dy, kernel.shape, window, groups),
      (dy) =>
        reshape(
          sum(
            dy,
            [...dy.shape.keys()].filter((axis) => axis !== 1),
          ),
          [outputs!],
        ),
    ],
  });
}

/**
 * The transpose of convolution: each x[n, c, p] adds the kernel w [C, O / groups, …k], times x[n, c, p], at p·stride.
 * The output size is (n − 1)·stride + (k − 1)·dilation + 1 − pads + outputPads. The gradients are convolutions.
 */
export function transposedConvolution(
  x: Value,
  kernel: Value,
  options: ConvolutionOptions & { outputPads?: readonly number[] } = {},
): Value {
  const { groups = 1, bias, outputPads } = options;
  const [batch, channels, ...space] = x.shape;
  const [inputs, perGroup, ...size] = kernel.shape;
  if (space.length < 1 || size.length !== space.length)
    throwShapeError("ConvTranspose", [x, kernel], "the input and the kernel have different numbers of spatial axes");
  if (channels !== inputs || channels! % groups !== 0)
    throwShapeError(
      "ConvTranspose",
      [x, kernel],
      `the channel counts do not match ${groups} group${groups === 1 ? "" : "s"}`,
    );
  const window = resolveWindow(size, options);
  if (!isCompleteWindow(window))
    throwShapeError("ConvTranspose", [x, kernel], `strides, pads and dilations must fit ${size.length} spatial axes`);
  const outputPadding = outputPads ?? space.map(() => 0);
  if (outputPadding.some((n, i) => n < 0 || n >= window.strides[i]!))
    throwShapeError("ConvTranspose", [x, kernel], "each output pad must be at least 0 and less than the stride");
  const outputSpace = space.map(
    (n, i) =>
      (n - 1) * window.strides[i]! +
      (size[i]! - 1) * window.dilations[i]! +
      1 -
      window.before[i]! -
      window.after[i]! +
      outputPadding[i]!,
  );
  const y = emit("ConvTranspose", [x, kernel], {
    shape: [batch!, perGroup! * groups, ...outputSpace],
    attributes: { ...windowAttributes(window), output_padding: outputPadding.map(BigInt), group: BigInt(groups) },
    gradients: [
      (dy) => convolution(dy, kernel, { ...toWindowOptions(window), groups }),
      // This gradient equals that of a convolution's kernel, with the input and dy exchanged.
      (dy) => gradientOfKernel(dy, x, kernel.shape, window, groups),
    ],
  });
  return bias ? add(y, perChannel(bias, y)) : y;
}

const windowAttributes = ({ kernel, strides, before, after, dilations }: ResolvedWindow) => ({
  kernel_shape: kernel.map(BigInt),
  strides: strides.map(BigInt),
  pads: [...before, ...after].map(BigInt),
  dilations: dilations.map(BigInt),
});

const toWindowOptions = ({ strides, before, after, dilations }: ResolvedWindow): WindowOptions => ({
  strides,
  pads: [...before, ...after],
  dilations,
});

/** ∂L/∂x [N, C, …space] from dy [N, O, …]. */
function gradientOfInput(dy: Value, kernel: Value, space: Shape, window: ResolvedWindow, groups: number): Value {
  const { kernel: size, strides, before, after, dilations } = window;
  const span = size.map((k, i) => (k - 1) * dilations[i]!);
  // With stride 1 this is a convolution with the transposed kernel, which runs faster than a transposed convolution.
  if (strides.every((s) => s === 1) && span.every((r, i) => r >= before[i]! && r >= after[i]!))
    return convolution(dy, transposeKernel(kernel, groups), {
      pads: [...span.map((r, i) => r - before[i]!), ...span.map((r, i) => r - after[i]!)],
      dilations,
      groups,
    });
  const outputPads = space.map(
    (n, i) => n - ((dy.shape[2 + i]! - 1) * strides[i]! + span[i]! + 1 - before[i]! - after[i]!),
  );
  return transposedConvolution(dy, kernel, { ...toWindowOptions(window), groups, outputPads });
}

/** [O, C / groups, …k] → [C, O / groups, …k], with every spatial axis reversed. */
function transposeKernel(kernel: Value, groups: number): Value {
  const [outputs, perGroup, ...size] = kernel.shape;
  const space = size.map((_, i) => i);
  const grouped = reshape(kernel, [groups, outputs! / groups, perGroup!, ...size]);
  const swapped = transpose(grouped, [0, 2, 1, ...space.map((i) => i + 3)]);
  return reverse(
    reshape(swapped, [groups * perGroup!, outputs! / groups, ...size]),
    space.map((i) => i + 2),
  );
}

/**
 * ∂L/∂w [O, C / groups, …k]: for each kernel position t, the part of x that it multiplied, times dy. All positions form
 * one matrix product (im2col), which is faster than a convolution with batch and channels swapped.
 */
function gradientOfKernel(x: Value, dy: Value, shape: Shape, window: ResolvedWindow, groups: number): Value {
  const { kernel: size, strides, before, after, dilations } = window;
  const [outputs, perGroup] = shape as [number, number];
  const [batch, , ...places] = dy.shape as [number, number, ...number[]];
  const axes = size.map((_, i) => i + 2);
  const padded = pad(
    x,
    axes.map((axis, i) => ({ axis, before: before[i]!, after: after[i]! })),
  );
  const length = sizeOf(places);
  const columns = kernelPositions(size).map((tap) => {
    const input = slice(
      padded,
      axes.map((axis, i) => ({
        axis,
        from: tap[i]! * dilations[i]!,
        to: tap[i]! * dilations[i]! + (places[i]! - 1) * strides[i]! + 1,
        step: strides[i]!,
      })),
    );
    return reshape(input, [batch, groups, perGroup, length]);
  });
  const matrices = matmul(reshape(dy, [batch, groups, outputs / groups, length]), swapLastTwo(concatenate(columns, 2)));
  const perTap = reshape(sum(matrices, [0]), [outputs, columns.length, perGroup]);
  return reshape(transpose(perTap, [0, 2, 1]), shape);
}

/** Every position in a kernel, the last axis fastest: for [2, 2] that is [0, 0], [0, 1], [1, 0], [1, 1]. */
export function kernelPositions(size: readonly number[]): number[][] {
  return size.reduce<number[][]>(
    (places, n) => places.flatMap((p) => Array.from({ length: n }, (_, i) => [...p, i])),
    [[]],
  );
}
