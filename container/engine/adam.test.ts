import { expect, test } from "vitest";
import { createAdam } from "./adam.ts";
import { constantRate, cosineSchedule } from "./schedule.ts";

/** Kingma and Ba 2015, algorithm 1, line by line in float64. */
function slowAdam(
  gradients: readonly number[],
  rate: (t: number) => number,
  beta1: number,
  beta2: number,
  eps: number,
) {
  let [theta, m, v] = [0, 0, 0];
  return gradients.map((g, i) => {
    const t = i + 1;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    const mHat = m / (1 - beta1 ** t);
    const vHat = v / (1 - beta2 ** t);
    theta -= (rate(t) * mHat) / (Math.sqrt(vHat) + eps);
    return theta;
  });
}

const gradients = Array.from({ length: 200 }, (_, t) => Math.sin(1.7 * t) + 0.3);

test("the steps match the paper's algorithm", () => {
  const schedule = cosineSchedule({ rate: 0.1, steps: 200 });
  const adam = createAdam(1, { learningRate: schedule, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 });
  const x = new Float32Array(1);
  const expected = slowAdam(gradients, schedule, 0.8, 0.95, 1e-3);
  for (const [i, g] of gradients.entries()) {
    adam.step(x, Float32Array.of(g));
    expect(x[0]).toBeCloseTo(expected[i]!, 4);
  }
  expect(adam.steps).toBe(200);
});

test("the first step has the length of the learning rate for any gradient", () => {
  for (const size of [1e-4, 1, 1e4]) {
    const x = Float32Array.of(0.5);
    createAdam(1, { learningRate: 0.03 }).step(x, Float32Array.of(size));
    expect(x[0]).toBeCloseTo(0.47, 6);
  }
});

test("it finds the minimum of a badly scaled quadratic", () => {
  const x = Float32Array.of(1, 1);
  const adam = createAdam(2, { learningRate: cosineSchedule({ rate: 0.05, steps: 500 }) });
  for (let i = 0; i < 500; i++) adam.step(x, Float32Array.of(1000 * (x[0]! - 0.2), 0.01 * (x[1]! + 0.3)));
  expect(x[0]).toBeCloseTo(0.2, 3);
  expect(x[1]).toBeCloseTo(-0.3, 3);
});

test("a zero gradient leaves the parameters unchanged", () => {
  const x = Float32Array.of(0.5);
  const adam = createAdam(1, { learningRate: 1 });
  for (let i = 0; i < 10; i++) adam.step(x, Float32Array.of(0));
  expect(x).toEqual(Float32Array.of(0.5));
});

test("a resumed run ends at the same point as an uninterrupted run", () => {
  const options = { learningRate: cosineSchedule({ rate: 0.1, steps: 200 }) };
  const whole = createAdam(1, options);
  const xWhole = new Float32Array(1);
  const before = createAdam(1, options);
  const after = createAdam(1, options);
  const x = new Float32Array(1);
  for (const [i, g] of gradients.entries()) {
    whole.step(xWhole, Float32Array.of(g));
    if (i === 100) after.load(structuredClone(before.save()));
    (i < 100 ? before : after).step(x, Float32Array.of(g));
  }
  expect(x).toEqual(xWhole);
});

test("later steps do not change a saved checkpoint", () => {
  const adam = createAdam(1, { learningRate: 0.1 });
  const x = new Float32Array(1);
  adam.step(x, Float32Array.of(1));
  const checkpoint = adam.save();
  const copy = structuredClone(checkpoint);
  adam.step(x, Float32Array.of(5));
  expect(checkpoint).toEqual(copy);
});

test("gradients and checkpoints of another size are rejected", () => {
  const adam = createAdam(2, { learningRate: 0.1 });
  expect(() => adam.step(new Float32Array(2), new Float32Array(3))).toThrow("a gradient of 3");
  expect(() => adam.load(createAdam(3, { learningRate: 0.1 }).save())).toThrow("a checkpoint of 3");
});

test("the cosine schedule rises linearly, falls to the floor and stays there", () => {
  const rate = cosineSchedule({ rate: 2, steps: 100, warmUp: 10, floor: 0.1 });
  expect(rate(5) / (0.1 + 0.9 * 0.5 * (1 + Math.cos((Math.PI * 5) / 100)))).toBeCloseTo(1, 12);
  expect(rate(50)).toBeCloseTo(2 * 0.55, 12);
  expect(rate(100)).toBeCloseTo(0.2, 12);
  expect(rate(150)).toBeCloseTo(0.2, 12);
  const rates = Array.from({ length: 90 }, (_, i) => rate(i + 10));
  expect(rates).toEqual(rates.toSorted((p, q) => q - p));
  expect(constantRate(0.3)(7)).toBe(0.3);
});
