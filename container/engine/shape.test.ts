import fc from "fast-check";
import { expect, test } from "vitest";
import * as ours from "./shape.ts";
import { expectAgreement } from "./testing/agreement.ts";
import { at, random, type Tensor, tensor } from "./testing/tensor.ts";
import { input, ShapeError } from "./value.ts";

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
/** A shape, and generated options for some of its axes. */
const shapeWith = <T>(of: (size: number) => fc.Arbitrary<T>) =>
  shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      each: fc
        .subarray([...shape.keys()], { minLength: 1 })
        .chain((axes) => fc.tuple(...axes.map((axis) => of(shape[axis]!).map((value) => ({ axis, ...value }))))),
    }),
  );
/** A shape, and generated options for one of its axes. */
const oneAxis = <T>(of: () => fc.Arbitrary<T>) => shapeWith(of).map(({ shape, each }) => ({ shape, ...each[0]! }));
const runs = { numRuns: 15 };

test("reshape keeps the numbers in order", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(), async (shape, seed) => {
      const flat = shape.reduce((p, n) => p * n, 1);
      for (const to of [[flat], [...shape.toReversed(), 1], shape])
        await expectAgreement({
          inputs: [random(shape, seed)],
          operator: (a) => ours.reshape(a, to),
          reference: (a) => ({ shape: to, data: a.data.slice() }),
        });
    }),
    { numRuns: 8 },
  );
});

test("transpose reorders the axes", async () => {
  const ordered = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length, maxLength: shape.length }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(ordered, fc.nat(), ({ shape, order }, seed) =>
      expectAgreement({
        inputs: [random(shape, seed)],
        operator: (a) => ours.transpose(a, order),
        reference: (a) =>
          tensor(
            order.map((axis) => shape[axis]!),
            (index) =>
              at(
                a,
                shape.map((_, axis) => index[order.indexOf(axis)]!),
              ),
          ),
      }),
    ),
    runs,
  );
});

test("slice takes every step-th position", async () => {
  const ranges = shapeWith((size) =>
    fc
      .record({ from: fc.nat(size - 1), to: fc.integer({ min: 1, max: size }), step: fc.integer({ min: 1, max: 3 }) })
      .filter(({ from, to }) => from < to),
  );
  await fc.assert(
    fc.asyncProperty(ranges, fc.nat(), ({ shape, each }, seed) => {
      const range = (axis: number) => each.find((r) => r.axis === axis) ?? { from: 0, to: shape[axis]!, step: 1 };
      return expectAgreement({
        inputs: [random(shape, seed)],
        operator: (a) => ours.slice(a, each),
        reference: (a) =>
          tensor(
            shape.map((_, axis) => Math.ceil((range(axis).to - range(axis).from) / range(axis).step)),
            (index) =>
              at(
                a,
                index.map((i, axis) => range(axis).from + i * range(axis).step),
              ),
          ),
      });
    }),
    { numRuns: 40 },
  );
});

const margins = shapeWith(() => fc.record({ before: fc.nat(2), after: fc.nat(2) }));
type Margins = typeof margins extends fc.Arbitrary<infer T> ? T : never;

test("pad adds a border of a constant", async () => {
  await fc.assert(
    fc.asyncProperty(margins, fc.constantFrom(0, -1.5), fc.nat(), ({ shape, each }, value, seed) =>
      expectAgreement({
        inputs: [random(shape, seed)],
        operator: (a) => ours.pad(a, each, value),
        reference: (a) => bordered({ shape, each }, (index) => at(a, index, value)),
      }),
    ),
    runs,
  );
});

test("a reflected border does not repeat the edge", async () => {
  const narrow = shapeWith((size) => fc.record({ before: fc.nat(Math.min(2, size - 1)), after: fc.nat(size - 1) }));
  await fc.assert(
    fc.asyncProperty(narrow, fc.nat(), ({ shape, each }, seed) =>
      expectAgreement({
        inputs: [random(shape, seed)],
        operator: (a) => ours.reflect(a, each),
        reference: (a) =>
          bordered({ shape, each }, (index) =>
            at(
              a,
              index.map((i, axis) => (i < 0 ? -i : i >= shape[axis]! ? 2 * shape[axis]! - 2 - i : i)),
            ),
          ),
      }),
    ),
    runs,
  );
});

test("concatenate joins values along an axis", async () => {
  const parts = oneAxis(() =>
    fc.record({ sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }) }),
  );
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(), ({ shape, axis, sizes }, seed) =>
      expectAgreement({
        inputs: sizes.map((n, i) => random(shape.with(axis, n), seed + i)),
        operator: (...values) => ours.concatenate(values, axis),
        reference(...tensors) {
          const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, n) => sum + n, 0));
          return tensor(shape.with(axis, ends.at(-1)!), (index) => {
            const part = ends.findIndex((end) => index[axis]! < end);
            return at(tensors[part]!, index.with(axis, index[axis]! - (ends[part - 1] ?? 0)));
          });
        },
      }),
    ),
    runs,
  );
});

test("a value can be concatenated with itself", () =>
  expectAgreement({
    inputs: [random([2, 3], 5)],
    operator: (a) => ours.concatenate([a, a], 0),
    reference: (a) => tensor([4, 3], ([i, j]) => at(a, [i! % 2, j!])),
  }));

test("roll rotates an axis", async () => {
  const turns = oneAxis(() => fc.record({ by: fc.integer({ min: -5, max: 5 }) }));
  await fc.assert(
    fc.asyncProperty(turns, fc.nat(), ({ shape, axis, by }, seed) =>
      expectAgreement({
        inputs: [random(shape, seed)],
        operator: (a) => ours.roll(a, axis, by),
        reference: (a) =>
          tensor(shape, (index) => at(a, index.with(axis, (index[axis]! - by + 10 * shape[axis]!) % shape[axis]!))),
      }),
    ),
    runs,
  );
});

test("reverse reverses the given axes", async () => {
  const some = shapeWith(() => fc.constant({}));
  await fc.assert(
    fc.asyncProperty(some, fc.nat(), ({ shape, each }, seed) => {
      const axes = each.map(({ axis }) => axis);
      return expectAgreement({
        inputs: [random(shape, seed)],
        operator: (a) => ours.reverse(a, axes),
        reference: (a) =>
          tensor(shape, (index) =>
            at(
              a,
              index.map((i, axis) => (axes.includes(axis) ? shape[axis]! - 1 - i : i)),
            ),
          ),
      });
    }),
    runs,
  );
});

test("invalid shapes and axes are rejected with the operator's name", () => {
  const a = input("a", [2, 3]);
  const refused = (message: string) => new ShapeError(message);
  expect(() => ours.reshape(a, [4])).toThrow(refused("Reshape of [2, 3]: it cannot be reshaped to [4]."));
  expect(() => ours.transpose(a, [0, 0])).toThrow(
    refused("Transpose of [2, 3]: 0, 0 is not a permutation of its axes."),
  );
  expect(() => ours.slice(a, [{ axis: 1, from: 1, to: 4 }])).toThrow(
    refused("Slice of [2, 3]: axis 1 has no positions from 1 to 4 by 1."),
  );
  expect(() => ours.slice(a, [{ axis: 2, from: 0, to: 1 }])).toThrow("Slice of [2, 3]: axis 2 has no positions");
  expect(() => ours.pad(a, [{ axis: 2, before: 1, after: 0 }])).toThrow(
    "Pad of [2, 3]: it cannot have a border of 1 and 0 on axis 2.",
  );
  expect(() => ours.pad(a, [{ axis: 0, before: -1, after: 0 }])).toThrow(
    "Pad of [2, 3]: it cannot have a border of -1 and 0 on axis 0.",
  );
  expect(() => ours.concatenate([a, a], 2)).toThrow(
    "Concat of [2, 3] and [2, 3]: the shapes may differ only in axis 2.",
  );
  expect(() => ours.reflect(a, [{ axis: 0, before: 2, after: 0 }])).toThrow(
    refused("Pad (reflect) of [2, 3]: axis 0 must be longer than its border."),
  );
  expect(() => ours.concatenate([a, input("b", [3, 3])], 1)).toThrow(
    refused("Concat of [2, 3] and [3, 3]: the shapes may differ only in axis 1."),
  );
});

/** A tensor with a border, whose numbers are f of their index without the border. */
function bordered({ shape, each }: Margins, f: (index: readonly number[]) => number): Tensor {
  const margin = (axis: number) => each.find((m) => m.axis === axis) ?? { before: 0, after: 0 };
  return tensor(
    shape.map((n, axis) => n + margin(axis).before + margin(axis).after),
    (index) => f(index.map((i, axis) => i - margin(axis).before)),
  );
}
