import fc from "fast-check";
import { expect, test } from "vitest";
import { gradient } from "./gradient.ts";
import * as ours from "./pooling.ts";
import { total } from "./reduction.ts";
import { evaluate, expectAgreement } from "./testing/agreement.ts";
import { at, distinct, indices, random, type Tensor, tensor } from "./testing/tensor.ts";
import { input, ShapeError } from "./value.ts";

/** One spatial axis: the number of window positions, and `rest` numbers at the end that the window does not reach. */
interface Axis {
  positions: number;
  side: number;
  stride: number;
  dilation: number;
  before: number;
  after: number;
  rest: number;
}
const span = ({ positions, side, stride, dilation, before, after }: Axis) =>
  (positions - 1) * stride + (side - 1) * dilation + 1 - before - after;

const space = fc.integer({ min: 1, max: 3 }).chain((rank) =>
  fc.array(
    fc
      .record({
        positions: fc.integer({ min: 1, max: 5 - rank }),
        side: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.constant(1),
        before: fc.nat(2),
        after: fc.nat(2),
        rest: fc.nat(2),
      })
      .map((axis) => ({
        ...axis,
        before: axis.before % axis.side,
        after: axis.after % axis.side,
        rest: axis.rest % axis.stride,
      }))
      .filter((axis) => span(axis) >= 1 && span(axis) + axis.rest <= 7),
    { minLength: rank, maxLength: rank },
  ),
);
const shapeOf = (axes: readonly Axis[]) => [2, 2, ...axes.map((axis) => span(axis) + axis.rest)];
const optionsOf = (axes: readonly Axis[]) => ({
  size: axes.map((axis) => axis.side),
  strides: axes.map((axis) => axis.stride),
  pads: [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)],
  dilations: axes.map((axis) => axis.dilation),
});

const sum = (numbers: readonly number[]) => numbers.reduce((s, v) => s + v, 0);
const mean = (numbers: readonly number[]) => sum(numbers) / numbers.length;
const runs = { numRuns: 30 };

test("average pooling counts padding as zeros, in 1-D, 2-D and 3-D", async () => {
  await fc.assert(
    fc.asyncProperty(space, fc.nat(), (axes, seed) =>
      expectAgreement({
        inputs: [random(shapeOf(axes), seed, 0, 1)],
        operator: (x) => ours.averagePool(x, optionsOf(axes)),
        reference: (x) =>
          pooled(x, axes, (inside) => sum(inside) / axes.reduce((product, axis) => product * axis.side, 1)),
      }),
    ),
    runs,
  );
});

test("averagePoolInside ignores padding", async () => {
  await fc.assert(
    fc.asyncProperty(space, fc.nat(), (axes, seed) =>
      expectAgreement({
        inputs: [random(shapeOf(axes), seed, 0, 1)],
        operator: (x) => ours.averagePoolInside(x, optionsOf(axes)),
        reference: (x) => pooled(x, axes, mean),
      }),
    ),
    runs,
  );
});

test("max pooling takes the maximum, also with dilations", async () => {
  const gaps = fc
    .tuple(space, fc.integer({ min: 1, max: 2 }))
    .map(([axes, dilation]) =>
      axes
        .map((axis) => ({ ...axis, dilation }))
        .map((axis) => ({ ...axis, rest: Math.max(axis.rest, 1 - span(axis)) })),
    );
  await fc.assert(
    fc.asyncProperty(gaps, fc.nat(), (axes, seed) =>
      expectAgreement({
        inputs: [distinct(shapeOf(axes), seed)],
        operator: (x) => ours.maxPool(x, optionsOf(axes)),
        reference: (x) => pooled(x, axes, (inside) => Math.max(...inside)),
      }),
    ),
    runs,
  );
});

test.each([
  { name: "tiles", size: [2, 2], strides: 2, shape: [1, 2, 4, 6] },
  { name: "tiles with a remainder", size: [2, 2], strides: 2, shape: [1, 2, 5, 5] },
  { name: "tiles that are not square", size: [2, 3], strides: [2, 3], shape: [1, 1, 4, 6] },
  { name: "windows that overlap", size: [3, 3], strides: 1, shape: [1, 2, 5, 4] },
  { name: "InceptionV3's windows: 3×3, stride 2, no padding", size: [3, 3], strides: 2, shape: [1, 2, 7, 7] },
])("each way to compute the gradient of average pooling agrees: $name", async ({ size, strides, shape }) => {
  const axes = size.map((side, i) => {
    const stride = typeof strides === "number" ? strides : strides[i]!;
    const positions = Math.floor((shape[i + 2]! - side) / stride) + 1;
    return { positions, side, stride, dilation: 1, before: 0, after: 0, rest: 0 };
  });
  await expectAgreement({
    inputs: [random(shape, 4)],
    operator: (x) => ours.averagePool(x, { size, strides }),
    reference: (x) => pooled(x, axes, mean),
  });
});

test("global average pooling is the mean over all spatial axes", async () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(), (shape, seed) =>
      expectAgreement({
        inputs: [random(shape, seed, 0, 1)],
        operator: ours.globalAveragePool,
        reference: (x) =>
          tensor(
            shape.map((n, axis) => (axis < 2 ? n : 1)),
            ([n, c]) => mean(indices(shape.slice(2)).map((place) => at(x, [n!, c!, ...place]))),
          ),
      }),
    ),
    { numRuns: 8 },
  );
});

test("positions that share the maximum share the gradient equally", async () => {
  const x = input("x0", [1, 1, 2, 4]);
  const [dx] = gradient(total(ours.maxPool(x, { size: [2, 2], strides: 2 })), [x]);
  const { found } = await evaluate({ found: dx! }, [
    { shape: [1, 1, 2, 4], data: Float64Array.of(3, 1, 7, 7, 3, 3, 7, 7) },
  ]);
  expect([...found!.data].map((v) => v.toFixed(4))).toEqual(
    [1 / 3, 0, 1 / 4, 1 / 4, 1 / 3, 1 / 3, 1 / 4, 1 / 4].map((v) => v.toFixed(4)),
  );
});

test.each([
  { name: "even if all numbers are low", x: [-5, -9, -7], y: [-5, -5, -7] },
  { name: "even if the maximum is 0, as after a ReLU", x: [0, -9, -7], y: [0, 0, -7] },
])("max pooling ignores padding, $name", async ({ x: numbers, y: greatest }) => {
  const x = input("x0", [1, 1, 3]);
  const y = ours.maxPool(x, { size: [3], strides: 1, pads: 1 });
  const [dx] = gradient(total(y), [x]);
  const found = await evaluate({ y, dx: dx! }, [{ shape: [1, 1, 3], data: Float64Array.from(numbers) }]);
  expect([...found.y!.data]).toEqual(greatest);
  expect([...found.dx!.data]).toEqual([2, 0, 1]);
});

test("windows that cannot be pooled are rejected with the operator's name", () => {
  const x = input("x", [1, 2, 6, 6]);
  const refused = (why: string) => new ShapeError(`AveragePool of [1, 2, 6, 6]: ${why}.`);
  expect(() => ours.averagePool(x, { size: [2] })).toThrow(
    refused("the window [2] must have one side for each spatial axis"),
  );
  expect(() => ours.averagePool(x, { size: [7, 7] })).toThrow(refused("the output would have the shape [1, 2, 0, 0]"));
  expect(() => ours.averagePool(x, { size: [2, 2], pads: 2 })).toThrow(
    refused("each pad must be smaller than the window [2, 2]"),
  );
  expect(() => ours.averagePool(x, { size: [2, 2], dilations: 2 })).toThrow(refused("dilations are not supported"));
  expect(() => ours.maxPool(x, { size: [2, 2], strides: [2] })).toThrow(
    new ShapeError("MaxPool of [1, 2, 6, 6]: strides, pads and dilations must fit 2 spatial axes."),
  );
});

/** f of the numbers that each window has inside the picture, without padding. */
function pooled(x: Tensor, axes: readonly Axis[], f: (inside: number[]) => number): Tensor {
  const taps = indices(axes.map((axis) => axis.side));
  return tensor([x.shape[0]!, x.shape[1]!, ...axes.map((axis) => axis.positions)], ([n, c, ...p]) => {
    const places = taps.map((t) => axes.map((axis, i) => p[i]! * axis.stride + t[i]! * axis.dilation - axis.before));
    const inside = places.filter((place) => place.every((i, d) => i >= 0 && i < x.shape[d + 2]!));
    return f(inside.map((place) => at(x, [n!, c!, ...place])));
  });
}
