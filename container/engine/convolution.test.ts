import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as ours from "./convolution.ts";
import { evaluate, expectAgreement } from "./testing/agreement.ts";
import { at, indices, random, type Tensor, tensor } from "./testing/tensor.ts";
import { input, ShapeError, type Value } from "./value.ts";

/** One spatial axis: the number of kernel positions, and `rest` numbers at the end that the kernel does not reach. */
interface Axis {
  positions: number;
  kernel: number;
  stride: number;
  dilation: number;
  before: number;
  after: number;
  rest: number;
}
const span = ({ positions, kernel, stride, dilation, before, after }: Axis) =>
  (positions - 1) * stride + (kernel - 1) * dilation + 1 - before - after;

/** 1-D, 2-D or 3-D. More axes have fewer positions, because the reference is slow. */
const space = fc.integer({ min: 1, max: 3 }).chain((rank) =>
  fc.array(
    fc
      .record({
        positions: fc.integer({ min: 1, max: 5 - rank }),
        kernel: fc.integer({ min: 1, max: rank === 3 ? 2 : 3 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: 2 }),
        before: fc.nat(2),
        after: fc.nat(2),
        rest: fc.nat(2),
      })
      .map((axis) => ({ ...axis, rest: axis.rest % axis.stride }))
      .filter((axis) => span(axis) >= 1 && span(axis) + axis.rest <= 8),
    { minLength: rank, maxLength: rank },
  ),
);
const channels = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  groups: fc.integer({ min: 1, max: 3 }),
  inputs: fc.integer({ min: 1, max: 2 }),
  outputs: fc.integer({ min: 1, max: 2 }),
});

const optionsOf = (axes: readonly Axis[], groups: number) => ({
  strides: axes.map((axis) => axis.stride),
  dilations: axes.map((axis) => axis.dilation),
  pads: [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)],
  groups,
});

test("convolution supports any stride, padding, dilation and number of groups, in 1-D, 2-D and 3-D", async () => {
  await fc.assert(
    fc.asyncProperty(space, channels, fc.nat(), (axes, { batch, groups, inputs, outputs }, seed) =>
      expectAgreement({
        inputs: [
          random([batch, groups * inputs, ...axes.map((axis) => span(axis) + axis.rest)], seed, 0, 1),
          random([groups * outputs, inputs, ...axes.map((axis) => axis.kernel)], seed + 1, 0, 1),
          random([groups * outputs], seed + 2, 0, 1),
        ],
        operator: (x, kernel, bias) => ours.convolution(x, kernel, { ...optionsOf(axes, groups), bias }),
        reference: (x, kernel, bias) => convolutionReference(x, kernel, bias, axes, groups),
      }),
    ),
    { numRuns: 30 },
  );
});

test("transposed convolution supports any stride, padding, dilation and number of groups", async () => {
  await fc.assert(
    fc.asyncProperty(space, channels, fc.nat(), (axes, { batch, groups, inputs, outputs }, seed) =>
      expectAgreement({
        inputs: [
          random([batch, groups * inputs, ...axes.map((axis) => axis.positions)], seed, 0, 1),
          random([groups * inputs, outputs, ...axes.map((axis) => axis.kernel)], seed + 1, 0, 1),
          random([groups * outputs], seed + 2, 0, 1),
        ],
        operator: (x, kernel, bias) =>
          ours.transposedConvolution(x, kernel, {
            ...optionsOf(axes, groups),
            outputPads: axes.map((axis) => axis.rest),
            bias,
          }),
        reference: (x, kernel, bias) => transposedReference(x, kernel, bias, axes, groups),
      }),
    ),
    { numRuns: 30 },
  );
});

test("a depthwise convolution applies each kernel to its own channel only", async () => {
  const depthwise = (y: Value, kernel: Value) => ours.convolution(y, kernel, { pads: 1, groups: 5 });
  await expectAgreement({
    inputs: [random([1, 5, 4, 4], 11), random([5, 1, 3, 3], 12)],
    operator: depthwise,
    reference(x, kernel) {
      const axis = { positions: 4, kernel: 3, stride: 1, dilation: 1, before: 1, after: 1, rest: 0 };
      return convolutionReference(
        x,
        kernel,
        tensor([5], () => 0),
        [axis, axis],
        5,
      );
    },
  });
});

test("a single number applies to all sides and axes", () => {
  const [x, kernel] = [input("x", [1, 2, 9, 9]), input("k", [4, 2, 3, 3])];
  const short = ours.convolution(x, kernel, { strides: 2, pads: 1, dilations: 2 });
  const long = ours.convolution(x, kernel, { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [2, 2] });
  expect(short.attributes).toEqual(long.attributes);
  expect(short.shape).toEqual([1, 4, 4, 4]);
});

/**
 * Andrew Ng's lecture "1-D and 3-D generalizations" (Convolutional Neural Networks). It puts channels last; here they
 * follow the batch axis.
 */
describe("output shapes match the lecture's", () => {
  test.each([
    {
      name: "a 14×14 picture and 16 kernels of 5×5",
      x: [1, 1, 14, 14],
      kernels: [[16, 1, 5, 5]],
      ys: [[1, 16, 10, 10]],
    },
    {
      name: "a signal of 14, 16 kernels of 5, then 32 of 5×16",
      x: [1, 1, 14],
      kernels: [
        [16, 1, 5],
        [32, 16, 5],
      ],
      ys: [
        [1, 16, 10],
        [1, 32, 6],
      ],
    },
    {
      name: "a 14×14×14 volume, 16 kernels of 5×5×5, then 32 of 5×5×5×16",
      x: [1, 1, 14, 14, 14],
      kernels: [
        [16, 1, 5, 5, 5],
        [32, 16, 5, 5, 5],
      ],
      ys: [
        [1, 16, 10, 10, 10],
        [1, 32, 6, 6, 6],
      ],
    },
  ])("$name", async ({ x, kernels, ys }) => {
    const fed = [random(x, 1), ...kernels.map((shape, i) => random(shape, i + 2))];
    const [picture, ...weights] = fed.map(({ shape }, i) => input(`x${i}`, shape));
    const layers: Value[] = [];
    for (const kernel of weights) layers.push(ours.convolution(layers.at(-1) ?? picture!, kernel));
    expect(layers.map(({ shape }) => shape)).toEqual(ys);

    const found = await evaluate(Object.fromEntries(layers.map((layer, i) => [`y${i}`, layer])), fed);
    expect(layers.map((_, i) => found[`y${i}`]!.shape)).toEqual(ys);
  });
});

test("shapes that cannot be convolved are rejected with the operator's name", () => {
  const x = input("x", [1, 4, 8, 8]);
  const kernel = input("k", [6, 3, 3, 3]);
  expect(() => ours.convolution(x, kernel)).toThrow(
    new ShapeError("Conv of [1, 4, 8, 8] and [6, 3, 3, 3]: the channel counts do not match 1 group."),
  );
  expect(() => ours.convolution(x, input("k", [3, 2, 3, 3]), { groups: 2 })).toThrow("do not match 2 groups");
  expect(() => ours.convolution(x, input("k", [6, 4, 3]))).toThrow(
    "Conv of [1, 4, 8, 8] and [6, 4, 3]: the input and the kernel have different numbers of spatial axes.",
  );
  expect(() => ours.convolution(x, input("k", [6, 4, 9, 9]))).toThrow(
    "Conv of [1, 4, 8, 8] and [6, 4, 9, 9]: the output would have the shape [1, 6, 0, 0].",
  );
  expect(() => ours.convolution(x, input("k", [6, 4, 3, 3]), { bias: input("b", [5]) })).toThrow(
    "Conv of [1, 4, 8, 8] and [6, 4, 3, 3] and [5]: the bias must have one number for each output channel.",
  );
  expect(() => ours.convolution(x, input("k", [6, 4, 3, 3]), { strides: [1] })).toThrow(
    "Conv of [1, 4, 8, 8] and [6, 4, 3, 3]: strides, pads and dilations must fit 2 spatial axes.",
  );
  expect(() => ours.transposedConvolution(x, kernel)).toThrow(
    "ConvTranspose of [1, 4, 8, 8] and [6, 3, 3, 3]: the channel counts do not match 1 group.",
  );
  expect(() => ours.transposedConvolution(x, input("k", [4, 3, 3]))).toThrow(
    "ConvTranspose of [1, 4, 8, 8] and [4, 3, 3]: the input and the kernel have different numbers of spatial axes.",
  );
  expect(() => ours.transposedConvolution(x, input("k", [4, 3, 3, 3]), { outputPads: [1, 1] })).toThrow(
    "ConvTranspose of [1, 4, 8, 8] and [4, 3, 3, 3]: each output pad must be at least 0 and less than the stride.",
  );
});

/** Every kernel position t at every output position p, with the input index p·stride + t·dilation − before. */
function* kernelAlignments(axes: readonly Axis[]) {
  for (const p of indices(axes.map((axis) => axis.positions)))
    for (const t of indices(axes.map((axis) => axis.kernel)))
      yield { p, t, i: axes.map((axis, d) => p[d]! * axis.stride + t[d]! * axis.dilation - axis.before) };
}

/** y[n, o, p] = b[o] + Σ_c Σ_t w[o, c, t]·x[n, group·C + c, p·stride + t·dilation − before]. */
function convolutionReference(x: Tensor, kernel: Tensor, bias: Tensor, axes: readonly Axis[], groups: number): Tensor {
  const [outputs, inputs] = kernel.shape as [number, number];
  const y = tensor([x.shape[0]!, outputs, ...axes.map((axis) => axis.positions)], ([, o]) => bias.data[o!]!);
  const met = [...kernelAlignments(axes)];
  for (const [n, o, c] of indices([x.shape[0]!, outputs, inputs]) as [number, number, number][]) {
    const from = Math.floor(o / (outputs / groups)) * inputs + c;
    for (const { p, t, i } of met) addAt(y, [n, o, ...p], at(kernel, [o, c, ...t]) * at(x, [n, from, ...i]));
  }
  return y;
}

/** y[n, group·O + o, p·stride + t·dilation − before] += w[c, o, t]·x[n, c, p], plus b. */
function transposedReference(x: Tensor, kernel: Tensor, bias: Tensor, axes: readonly Axis[], groups: number): Tensor {
  const [inputs, outputs] = kernel.shape as [number, number];
  const shape = [x.shape[0]!, outputs * groups, ...axes.map((axis) => span(axis) + axis.rest)];
  const y = tensor(shape, ([, o]) => bias.data[o!]!);
  const met = [...kernelAlignments(axes)];
  for (const [n, c, o] of indices([x.shape[0]!, inputs, outputs]) as [number, number, number][]) {
    const to = Math.floor(c / (inputs / groups)) * outputs + o;
    for (const { p, t, i } of met) addAt(y, [n, to, ...i], at(kernel, [c, o, ...t]) * at(x, [n, c, ...p]));
  }
  return y;
}

function addAt({ shape, data }: Tensor, index: readonly number[], v: number): void {
  if (index.some((i, axis) => i < 0 || i >= shape[axis]!)) return;
  data[index.reduce((position, i, axis) => position * shape[axis]! + i, 0)]! += v;
}
