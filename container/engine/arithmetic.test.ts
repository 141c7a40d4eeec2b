import fc from "fast-check";
import { expect, test } from "vitest";
import * as ours from "./arithmetic.ts";
import { gradient } from "./gradient.ts";
import { total } from "./reduction.ts";
import { evaluate, expectAgreement } from "./testing/agreement.ts";
import { broadcastAt, distinct, map, random, type Tensor, tensor } from "./testing/tensor.ts";
import { constant, input, ShapeError, type Value } from "./value.ts";

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

/** Two shapes that broadcast together: some axes have size 1, and leading axes may be missing. */
const pairs = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 3 }), kept: fc.constantFrom("both", "left", "right") }), {
    maxLength: 4,
  })
  .chain((axes) => {
    const of = (side: string) => axes.map(({ size, kept }) => (kept === "both" || kept === side ? size : 1));
    const withoutLeadingOnes = (shape: number[]) => {
      const ones = shape.findIndex((n) => n !== 1);
      return fc.integer({ min: 0, max: ones < 0 ? shape.length : ones }).map((n) => shape.slice(n));
    };
    return fc.tuple(withoutLeadingOnes(of("left")), withoutLeadingOnes(of("right")));
  });

interface Unary {
  of: (a: Value) => Value;
  reference: (v: number) => number;
  numbers: (shape: readonly number[], seed: number) => Tensor;
}
const between = (low: number, high: number) => (shape: readonly number[], seed: number) =>
  random(shape, seed, low, high);

const UNARY: Record<string, Unary> = {
  negate: { of: ours.negate, reference: (v) => -v, numbers: random },
  scale: { of: (a) => ours.scale(a, -2.5), reference: (v) => -2.5 * v, numbers: random },
  offset: { of: (a) => ours.offset(a, 0.75), reference: (v) => v + 0.75, numbers: between(0, 1) },
  square: { of: ours.square, reference: (v) => v * v, numbers: between(-2, -0.5) },
  squareRoot: { of: ours.squareRoot, reference: Math.sqrt, numbers: between(0.3, 3) },
  exponential: { of: ours.exponential, reference: Math.exp, numbers: between(-2, 2) },
  logarithm: { of: ours.logarithm, reference: Math.log, numbers: between(1.5, 4) },
  absolute: { of: ours.absolute, reference: Math.abs, numbers: distinct },
  relu: { of: ours.relu, reference: (v) => Math.max(v, 0), numbers: distinct },
  sigmoid: { of: ours.sigmoid, reference: (v) => 1 / (1 + Math.exp(-v)), numbers: between(-3, 3) },
  hyperbolicTangent: { of: ours.hyperbolicTangent, reference: Math.tanh, numbers: between(-2, 2) },
};

test.each(Object.entries(UNARY))("%s", async (_, { of, reference, numbers }) => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(), (shape, seed) =>
      expectAgreement({ inputs: [numbers(shape, seed)], operator: of, reference: (a) => map(a, reference) }),
    ),
    { numRuns: 8 },
  );
});

interface Binary {
  of: (a: Value, b: Value) => Value;
  reference: (p: number, q: number) => number;
  /**
   * The sign of the first operand; the second is positive. No terms cancel, because cancellation would show float32's
   * limit and not a mistake.
   */
  sign: 1 | -1;
}
const BINARY: Record<string, Binary> = {
  add: { of: ours.add, reference: (p, q) => p + q, sign: 1 },
  subtract: { of: ours.subtract, reference: (p, q) => p - q, sign: -1 },
  multiply: { of: ours.multiply, reference: (p, q) => p * q, sign: -1 },
  divide: { of: ours.divide, reference: (p, q) => p / q, sign: -1 },
};

test.each(Object.entries(BINARY))("%s, with broadcasting", async (_, { of, reference, sign }) => {
  await fc.assert(
    fc.asyncProperty(pairs, fc.nat(), ([left, right], seed) =>
      expectAgreement({
        inputs: [map(random(left, seed, 0.5, 2), (v) => sign * v), random(right, seed + 1, 0.5, 2)],
        operator: of,
        reference: (a, b) => broadcast(a, b, reference),
      }),
    ),
    { numRuns: 20 },
  );
});

test("a parametric ReLU has a slope for each channel", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(), ([batch, channels, ...space], seed) =>
      expectAgreement({
        inputs: [distinct([batch!, channels!, ...space], seed), random([channels!, ...space.map(() => 1)], seed + 1)],
        operator: ours.parametricRelu,
        reference: (a, slope) => broadcast(a, slope, (p, q) => (p > 0 ? p : q * p)),
      }),
    ),
    { numRuns: 10 },
  );
});

test("where keeps the elements that the mask selects, and only those get a gradient", async () => {
  await fc.assert(
    fc.asyncProperty(pairs, fc.nat(), async ([left, right], seed) => {
      const mask = random(left, seed);
      await expectAgreement({
        inputs: [random(right, seed + 1)],
        operator: (a) => ours.where(ours.positive(constant(Float32Array.from(mask.data), left)), a),
        reference: (a) => broadcast(mask, a, (m, v) => (m > 0 ? v : 0)),
      });
    }),
    { numRuns: 15 },
  );
});

test("equal compares elements, with broadcasting", async () => {
  await fc.assert(
    fc.asyncProperty(pairs, fc.nat(), async ([left, right], seed) => {
      const [p, q] = [map(random(left, seed, 0, 3), Math.floor), map(random(right, seed + 1, 0, 3), Math.floor)];
      const [a, b] = [input("x0", left), input("x1", right)];
      const { found } = await evaluate({ found: ours.where(ours.equal(a, b), constant([1], [])) }, [p, q]);
      expect([...found!.data]).toEqual([...broadcast(p, q, (m, n) => (m === n ? 1 : 0)).data]);
    }),
    { numRuns: 10 },
  );
});

test("the gradient of ReLU and of the absolute value is 0 at 0", async () => {
  const x = input("x0", [3]);
  const [relu] = gradient(total(ours.relu(x)), [x]);
  const [absolute] = gradient(total(ours.absolute(x)), [x]);
  const found = await evaluate({ relu: relu!, absolute: absolute! }, [tensor([3], ([i]) => i! - 1)]);
  expect([...found.relu!.data]).toEqual([0, 0, 1]);
  expect([...found.absolute!.data]).toEqual([-1, 0, 1]);
});

test("shapes that cannot be broadcast are rejected with the operator's name", () => {
  const [a, b] = [input("a", [2, 3]), input("b", [2, 4])];
  const refusal = (operator: string) =>
    new ShapeError(`${operator} of [2, 3] and [2, 4]: sizes 3 and 4 cannot be broadcast.`);
  expect(() => ours.add(a, b)).toThrow(refusal("Add"));
  expect(() => ours.subtract(a, b)).toThrow(refusal("Sub"));
  expect(() => ours.multiply(a, b)).toThrow(refusal("Mul"));
  expect(() => ours.divide(a, b)).toThrow(refusal("Div"));
  expect(() => ours.equal(a, b)).toThrow(refusal("Equal"));
  expect(() => ours.where(ours.positive(a), b)).toThrow(refusal("Where"));
});

function broadcast(a: Tensor, b: Tensor, f: (p: number, q: number) => number): Tensor {
  const rank = Math.max(a.shape.length, b.shape.length);
  const size = (t: Tensor, axis: number) => t.shape[t.shape.length - rank + axis] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(size(a, axis), size(b, axis)));
  return tensor(shape, (index) => f(broadcastAt(a, index), broadcastAt(b, index)));
}
