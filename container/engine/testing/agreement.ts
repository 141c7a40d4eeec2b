import { expect } from "vitest";
import { add, multiply, square } from "../arithmetic.ts";
import { build } from "../build.ts";
import { gradient } from "../gradient.ts";
import { total } from "../reduction.ts";
import { type FloatTensor, openSession } from "../run.ts";
import { constant, constantData, input, type Value } from "../value.ts";
import { random, relativeError, type Tensor } from "./tensor.ts";

/** An operator of the engine, its float64 reference, and inputs to compare them on. */
export interface OperatorCase {
  readonly inputs: readonly Tensor[];
  operator(...inputs: Value[]): Value;
  reference(...inputs: Tensor[]): Tensor;
}

/** h of the central differences, whose error is about h². */
const STEP = 1e-4;

/**
 * The seed of weights and directions. It is far from the test cases' seeds, so that they do not equal an input's
 * numbers.
 */
const WEIGHT_SEED = 2 ** 30;

/** Allowed relative errors of float32 kernels. */
const VALUE_TOLERANCE = 1e-5;
const GRADIENT_TOLERANCE = 1e-3;

/**
 * Checks a graph against its reference:
 * - The value equals the reference.
 * - The gradients of Σ w·y with random w equal the central differences of the reference.
 * - The second derivatives of Σ w·y³ along a random direction equal their central differences.
 * - The inferred shapes are correct.
 * - For constant inputs, the folded value is the same without a run.
 */
export async function expectAgreement({ inputs, operator, reference }: OperatorCase): Promise<void> {
  const expected = reference(...inputs);
  const weights = random(expected.shape, WEIGHT_SEED);
  const directions = inputs.map(({ shape }, i) => random(shape, WEIGHT_SEED + 1 + i));

  const x = inputs.map(({ shape }, i) => input(`x${i}`, shape));
  const y = operator(...x);
  expect(y.shape, "shape when the graph is built").toEqual(expected.shape);
  const w = constantOf(weights);
  const first = gradient(total(multiply(y, w)), x);
  const cubicGradients = gradient(total(multiply(multiply(square(y), y), w)), x);
  const directional = cubicGradients.map((g, i) => total(multiply(g, constantOf(directions[i]!)))).reduce(add);
  const second = gradient(directional, x);

  const outputs = await evaluate({ y, ...named("first", first), ...named("second", second) }, inputs);
  expect(outputs.y!.shape, "shape when it runs").toEqual(expected.shape);
  expect(relativeError(outputs.y!.data, expected.data), "value").toBeLessThan(VALUE_TOLERANCE);

  const linear = () => weightedSum(reference(...inputs), weights, (v) => v);
  for (const [i, difference] of centralDifferences(linear, inputs).entries()) {
    expect(outputs[`first${i}`]!.shape, `shape of gradient ${i}`).toEqual(inputs[i]!.shape);
    expect(relativeError(outputs[`first${i}`]!.data, difference), `gradient ${i}`).toBeLessThan(GRADIENT_TOLERANCE);
  }

  const cubic = () => weightedSum(reference(...inputs), weights, (v) => v ** 3);
  const changes = directionalDerivatives(() => centralDifferences(cubic, inputs), inputs, directions);
  for (const [i, change] of changes.entries()) {
    expect(relativeError(outputs[`second${i}`]!.data, change), `second derivative ${i}`).toBeLessThan(
      GRADIENT_TOLERANCE,
    );
  }

  const folded = constantData(operator(...inputs.map(constantOf)));
  if (folded) expect(relativeError(folded, expected.data), "value of constants").toBeLessThan(VALUE_TOLERANCE);
}

/** Runs the graph of these outputs, with the inputs fed as x0, x1, … */
export async function evaluate(
  outputs: Readonly<Record<string, Value>>,
  inputs: readonly Tensor[],
): Promise<Record<string, FloatTensor>> {
  const session = await openSession(build(outputs));
  try {
    return await session.run(
      Object.fromEntries(inputs.map(({ shape, data }, i) => [`x${i}`, { shape, data: Float32Array.from(data) }])),
    );
  } finally {
    await session.release();
  }
}

const constantOf = ({ shape, data }: Tensor): Value => constant(Float32Array.from(data), shape);

const named = (name: string, values: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(values.map((value, i) => [`${name}${i}`, value]));

const weightedSum = (y: Tensor, w: Tensor, f: (v: number) => number): number =>
  y.data.reduce((sum, v, i) => sum + w.data[i]! * f(v), 0);

/** ∂f/∂x ≈ (f(x + h) − f(x − h)) / 2h for every number of every input. f reads the inputs at each call. */
function centralDifferences(f: () => number, inputs: readonly Tensor[]): Float64Array[] {
  return inputs.map(({ data }) =>
    data.map((v, i) => {
      data[i] = v + STEP;
      const above = f();
      data[i] = v - STEP;
      const below = f();
      data[i] = v;
      return (above - below) / (2 * STEP);
    }),
  );
}

/** The derivative of f(x + t·d) with respect to t at 0, by central differences. */
function directionalDerivatives(f: () => Float64Array[], inputs: readonly Tensor[], directions: readonly Tensor[]) {
  const originals = inputs.map(({ data }) => data.slice());
  const shifted = (t: number) => {
    for (const [i, { data }] of inputs.entries())
      data.set(originals[i]!.map((v, j) => v + t * directions[i]!.data[j]!));
    return f();
  };
  const [above, below] = [shifted(STEP), shifted(-STEP)];
  for (const [i, { data }] of inputs.entries()) data.set(originals[i]!);
  return above.map((part, i) => part.map((v, j) => (v - below[i]![j]!) / (2 * STEP)));
}
