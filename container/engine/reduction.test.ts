import fc from "fast-check";
import { expect, test } from "vitest";
import * as ours from "./reduction.ts";
import { evaluate, expectAgreement } from "./testing/agreement.ts";
import { at, broadcastAt, indices, map, random, type Tensor, tensor } from "./testing/tensor.ts";
import { input, ShapeError } from "./value.ts";

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const shapesAndAxes = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()])));
const runs = { numRuns: 25 };

test("sum keeps the summed axes with size 1", async () => {
  await fc.assert(
    fc.asyncProperty(shapesAndAxes, fc.nat(), ([shape, axes], seed) =>
      expectAgreement({
        inputs: [random(shape, seed, 0, 1)],
        operator: (a) => ours.sum(a, axes),
        reference: (a) =>
          summedTo(
            a,
            shape.map((n, axis) => (axes.includes(axis) ? 1 : n)),
          ),
      }),
    ),
    runs,
  );
});

test("the total is a scalar", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(), (shape, seed) =>
      expectAgreement({
        inputs: [random(shape, seed, 0, 1)],
        operator: ours.total,
        reference: (a) => tensor([], () => a.data.reduce((sum, v) => sum + v, 0)),
      }),
    ),
    runs,
  );
});

test("expand and sumTo are each other's gradient", async () => {
  await fc.assert(
    fc.asyncProperty(shapesAndAxes, fc.nat(2), fc.nat(), async ([shape, axes], added, seed) => {
      const leading = [3, 2].slice(0, added);
      const small = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
      const large = [...leading, ...shape];
      await expectAgreement({
        inputs: [random(small, seed)],
        operator: (a) => ours.expand(a, large),
        reference: (a) => tensor(large, (index) => broadcastAt(a, index)),
      });
      await expectAgreement({
        inputs: [random(large, seed, 0, 1)],
        operator: (a) => ours.sumTo(a, small),
        reference: (a) => summedTo(a, small),
      });
    }),
    { numRuns: 15 },
  );
});

test("upsample repeats each position, in 1-D, 2-D and 3-D", async () => {
  const features = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(features, fc.integer({ min: 1, max: 3 }), fc.nat(), (shape, factor, seed) =>
      expectAgreement({
        inputs: [random(shape, seed)],
        operator: (a) => ours.upsample(a, factor),
        reference: (a) =>
          tensor(
            shape.map((n, axis) => (axis < 2 ? n : n * factor)),
            (index) =>
              at(
                a,
                index.map((i, axis) => (axis < 2 ? i : Math.floor(i / factor))),
              ),
          ),
      }),
    ),
    { numRuns: 12 },
  );
});

test("a sum of many numbers is accurate to float32, also over the outer axes", async () => {
  // Summing both axes at once, the runtime is off by 1e-5 here, a hundred times the rounding error.
  const many = random([512, 512, 3], 3, 0, 1);
  const { y } = await evaluate({ y: ours.sum(input("x0", many.shape), [0, 1]) }, [many]);
  const exact = new Float64Array(3);
  for (const [i, v] of many.data.entries()) exact[i % 3]! += v;
  for (const [channel, v] of y!.data.entries()) expect(Math.abs(v / exact[channel]! - 1)).toBeLessThan(1e-6);
});

test("missing axes are rejected with the operator's name", () => {
  const a = input("a", [2, 3]);
  expect(() => ours.sum(a, [2])).toThrow(new ShapeError("ReduceSum of [2, 3]: axes [2] are out of range."));
  expect(() => ours.expand(a, [2, 4])).toThrow(new ShapeError("Expand of [2, 3]: it cannot be expanded to [2, 4]."));
});

/** Adds each number to the position from which broadcasting would read it. */
function summedTo(a: Tensor, shape: readonly number[]): Tensor {
  const sums = tensor(shape, () => 0);
  const positions = map(sums, (_, position) => position);
  for (const index of indices(a.shape)) sums.data[broadcastAt(positions, index)]! += at(a, index);
  return sums;
}
