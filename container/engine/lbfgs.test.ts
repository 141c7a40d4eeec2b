import { expect, test } from "vitest";
import { DivergedError } from "./diverged.ts";
import { type Evaluation, lbfgs } from "./lbfgs.ts";
import { C1_SUFFICIENT_DECREASE, C2_CURVATURE } from "./line-search.ts";

/** Σ 100·(x_{i+1} − x_i²)² + (1 − x_i)²: a curved valley with the minimum 0 at (1, …, 1). Rosenbrock 1960. */
async function rosenbrock(x: Float32Array): Promise<Evaluation> {
  const gradient = new Float64Array(x.length);
  let loss = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const across = x[i + 1]! - x[i]! ** 2;
    const along = 1 - x[i]!;
    loss += 100 * across ** 2 + along ** 2;
    gradient[i]! -= 400 * across * x[i]! + 2 * along;
    gradient[i + 1]! += 200 * across;
  }
  return { loss, gradient: Float32Array.from(gradient) };
}

/** ½ Σ kᵢ·(xᵢ − cᵢ)², kᵢ from 1 to 1000. */
const CENTER = Float32Array.from({ length: 30 }, (_, i) => Math.cos(i));
async function quadratic(x: Float32Array): Promise<Evaluation> {
  const steepness = (i: number) => 1000 ** (i / 29);
  return {
    loss: x.reduce((sum, v, i) => sum + 0.5 * steepness(i) * (v - CENTER[i]!) ** 2, 0),
    gradient: x.map((v, i) => steepness(i) * (v - CENTER[i]!)),
  };
}

const startingPoint = (n: number) => Float32Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

test.each([2, 20])("it finds the minimum of Rosenbrock's function in %i dimensions", async (n) => {
  const { x, loss, end } = await lbfgs(rosenbrock, startingPoint(n), { steps: 300 });
  expect(end).not.toBe("steps");
  expect(loss).toBeLessThan(1e-8);
  for (const v of x) expect(v).toBeCloseTo(1, 3);
});

test("it finds the minimum of an elongated quadratic with about one evaluation per step", async () => {
  const { x, steps, evaluations } = await lbfgs(quadratic, new Float32Array(30), { steps: 300 });
  for (const [i, v] of x.entries()) expect(v).toBeCloseTo(CENTER[i]!, 4);
  expect(evaluations).toBeLessThan(1.2 * steps);
});

test.each([
  ["Rosenbrock's function", rosenbrock, startingPoint(20)],
  ["an elongated quadratic", quadratic, new Float32Array(30)],
])("every step satisfies both Wolfe conditions: %s", async (_, f, start) => {
  const points: Float32Array[] = [start];
  await lbfgs(f, start, { steps: 300, tolerance: 1e-4, onStep: (_step, _loss, x) => points.push(x) });
  expect(points.length).toBeGreaterThan(20);
  for (const [i, to] of points.slice(1).entries()) {
    const [before, after] = [await f(points[i]!), await f(to)];
    const step = to.map((v, j) => v - points[i]![j]!);
    const slope = dot(before.gradient, step);
    expect(slope).toBeLessThan(0);
    // The tolerance is the rounding error of x in float32.
    const rounding = 1e-6 * before.loss;
    expect(after.loss).toBeLessThanOrEqual(before.loss + C1_SUFFICIENT_DECREASE * slope + rounding);
    expect(Math.abs(dot(after.gradient, step))).toBeLessThanOrEqual(-C2_CURVATURE * slope * (1 + 1e-3));
  }
});

test("with a history it converges faster than steepest descent", async () => {
  const options = { steps: 60, tolerance: 0 };
  const withHistory = await lbfgs(quadratic, new Float32Array(30), options);
  const withoutHistory = await lbfgs(quadratic, new Float32Array(30), { ...options, history: 0 });
  expect(withHistory.loss).toBeLessThan(0.1 * withoutHistory.loss);
});

test("it does not modify the start, and the caller may keep each step's point", async () => {
  const start = startingPoint(2);
  const points: Float32Array[] = [];
  const { x } = await lbfgs(rosenbrock, start, { steps: 5, onStep: (_step, _loss, point) => points.push(point) });
  expect(start).toEqual(startingPoint(2));
  expect(points).toHaveLength(5);
  expect(points.at(-1)).toEqual(x);
  expect(points[0]).not.toEqual(points[1]);
});

test("it stops if onStep returns false", async () => {
  const { steps, end } = await lbfgs(rosenbrock, startingPoint(2), { steps: 50, onStep: (step) => step < 3 });
  expect({ steps, end }).toEqual({ steps: 3, end: "stopped" });
});

test("at the minimum it converges immediately", async () => {
  const { x, end, evaluations } = await lbfgs(quadratic, CENTER, { steps: 50 });
  expect({ x, end, evaluations }).toEqual({ x: CENTER, end: "converged", evaluations: 1 });
});

test("a NaN loss at the start throws", async () => {
  const broken = async (x: Float32Array) => ({ loss: Number.NaN, gradient: x });
  await expect(lbfgs(broken, startingPoint(2), { steps: 5 })).rejects.toThrow(new DivergedError(0, Number.NaN));
});

test("a loss that becomes NaN throws with the step", async () => {
  let evaluations = 0;
  const breaking = async (x: Float32Array) => {
    const { loss, gradient } = await rosenbrock(x);
    return ++evaluations > 8 ? { loss: Number.NaN, gradient } : { loss, gradient };
  };
  const reached: number[] = [];
  const search = lbfgs(breaking, startingPoint(2), { steps: 50, onStep: (step) => reached.push(step) });
  await expect(search).rejects.toThrow(DivergedError);
  expect(reached.length).toBeGreaterThan(0);
  await expect(search).rejects.toMatchObject({
    step: reached.length + 1,
    message: expect.stringContaining(`at step ${reached.length + 1}.`),
  });
});

test("a step that is so long that the loss is NaN is shortened", async () => {
  /** x − ln x: minimum at 1, NaN for x < 0. */
  const logarithmic = async (x: Float32Array) => ({
    loss: x[0]! - Math.log(x[0]!),
    gradient: Float32Array.of(1 - 1 / x[0]!),
  });
  const { x } = await lbfgs(logarithmic, Float32Array.of(3), { steps: 50, firstChange: 5 });
  expect(x[0]).toBeCloseTo(1, 4);
});
