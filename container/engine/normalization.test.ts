import fc from "fast-check";
import { expect, test } from "vitest";
import * as ours from "./normalization.ts";
import { expectAgreement } from "./testing/agreement.ts";
import { at, indices, random, type Tensor, tensor } from "./testing/tensor.ts";
import { input, ShapeError } from "./value.ts";

/** A batch, channels, and 1, 2 or 3 spatial axes with enough positions to vary. */
const features = fc
  .tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom([5], [8], [3, 3], [2, 4], [2, 2, 3]),
  )
  .map(([batch, channels, space]) => [batch, channels, ...space]);
const runs = { numRuns: 12 };

test("mean and variance over any axes", async () => {
  const some = features.chain((shape) =>
    fc.tuple(fc.constant(shape), fc.subarray([...shape.keys()], { minLength: 1 })),
  );
  await fc.assert(
    fc.asyncProperty(some, fc.nat(), async ([shape, axes], seed) => {
      const inputs = [random(shape, seed, 0, 1)];
      await expectAgreement({ inputs, operator: (a) => ours.mean(a, axes), reference: (a) => over(a, axes, mean) });
      await expectAgreement({
        inputs,
        operator: (a) => ours.variance(a, axes),
        reference: (a) => over(a, axes, variance),
      });
    }),
    runs,
  );
});

test("instance normalization normalizes each channel of each picture", async () => {
  await fc.assert(
    fc.asyncProperty(features, fc.nat(), (shape, seed) =>
      expectAgreement({
        inputs: [random(shape, seed), random([shape[1]!], seed + 1), random([shape[1]!], seed + 2)],
        operator: (x, gamma, beta) => ours.instanceNorm(x, gamma, beta),
        reference: (x, gamma, beta) => normalized(x, gamma, beta, [...shape.keys()].slice(2), 1e-5),
      }),
    ),
    runs,
  );
});

test("batch normalization normalizes each channel over all pictures", async () => {
  await fc.assert(
    fc.asyncProperty(features, fc.nat(), (shape, seed) =>
      expectAgreement({
        inputs: [random(shape, seed), random([shape[1]!], seed + 1), random([shape[1]!], seed + 2)],
        operator: (x, gamma, beta) => ours.batchNorm(x, gamma, beta, 1e-3).value,
        reference: (x, gamma, beta) =>
          normalized(
            x,
            gamma,
            beta,
            [...shape.keys()].filter((axis) => axis !== 1),
            1e-3,
          ),
      }),
    ),
    runs,
  );
});

test("batch normalization returns the batch's mean and variance for a running average", async () => {
  const shape = [2, 3, 4];
  const inputs = [random(shape, 5)];
  const norm = (x: Parameters<typeof ours.batchNorm>[0]) => ours.batchNorm(x, input("g", [3]), input("b", [3]));
  await expectAgreement({ inputs, operator: (x) => norm(x).mean, reference: (x) => over(x, [0, 2], mean) });
  await expectAgreement({ inputs, operator: (x) => norm(x).variance, reference: (x) => over(x, [0, 2], variance) });
});

test("frozen batch normalization uses the given mean and variance", async () => {
  await fc.assert(
    fc.asyncProperty(features, fc.nat(), (shape, seed) => {
      const vector = (i: number, low = -1, high = 1) => random([shape[1]!], seed + i, low, high);
      return expectAgreement({
        inputs: [random(shape, seed), vector(1), vector(2), vector(3), vector(4, 0.5, 2)],
        operator: (x, gamma, beta, mu, sigma2) => ours.frozenBatchNorm(x, { gamma, beta, mean: mu, variance: sigma2 }),
        reference: (x, gamma, beta, mu, sigma2) =>
          tensor(shape, (index) => {
            const c = index[1]!;
            const deviation = Math.sqrt(sigma2.data[c]! + 1e-5);
            return ((at(x, index) - mu.data[c]!) / deviation) * gamma.data[c]! + beta.data[c]!;
          }),
      });
    }),
    runs,
  );
});

test("a vector without one number for each channel is rejected with the operator's name", () => {
  const x = input("x", [1, 3, 4, 4]);
  expect(() => ours.instanceNorm(x, input("g", [4]), input("b", [3]))).toThrow(
    new ShapeError("perChannel of [4] and [1, 3, 4, 4]: there must be one number for each channel."),
  );
});

const mean = (numbers: readonly number[]) => numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
function variance(numbers: readonly number[]): number {
  const middle = mean(numbers);
  return mean(numbers.map((v) => (v - middle) ** 2));
}

/** Applies f to the numbers along `axes`, which are kept with size 1. */
function over(a: Tensor, axes: readonly number[], f: (numbers: number[]) => number): Tensor {
  const along = indices(a.shape.map((n, axis) => (axes.includes(axis) ? n : 1)));
  return tensor(
    a.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)),
    (index) =>
      f(
        along.map((place) =>
          at(
            a,
            place.map((i, axis) => i + index[axis]!),
          ),
        ),
      ),
  );
}

function normalized(x: Tensor, gamma: Tensor, beta: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const [mu, sigma2] = [over(x, axes, mean), over(x, axes, variance)];
  return tensor(x.shape, (index) => {
    const shared = index.map((i, axis) => (axes.includes(axis) ? 0 : i));
    const unit = (at(x, index) - at(mu, shared)) / Math.sqrt(at(sigma2, shared) + epsilon);
    return unit * gamma.data[index[1]!]! + beta.data[index[1]!]!;
  });
}
