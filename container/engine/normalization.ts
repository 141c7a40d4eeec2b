/** Means, variances and normalization layers. */
import { add, divide, multiply, offset, scale, square, squareRoot, subtract } from "./arithmetic.ts";
import { sum } from "./reduction.ts";
import { reshape } from "./shape.ts";
import { sizeOf, throwShapeError, type Value } from "./value.ts";

/** Mean over axes, which are kept with size 1. */
export const mean = (a: Value, axes: readonly number[]): Value =>
  scale(sum(a, axes), 1 / sizeOf(axes.map((axis) => a.shape[axis] ?? 1)));

/** Variance over axes, which are kept with size 1. It divides by n, without Bessel's correction. */
export const variance = (a: Value, axes: readonly number[]): Value => mean(square(subtract(a, mean(a, axes))), axes);

/** Default ε, added to a variance before its square root. */
const EPSILON = 1e-5;

/** (x − μ) / √(σ² + ε)·γ + β with μ and σ of each channel of each picture; γ, β [C]. Ulyanov et al. 2016, eq. 2. */
export function instanceNorm(x: Value, gamma: Value, beta: Value, epsilon = EPSILON): Value {
  const space = [...x.shape.keys()].slice(2);
  return scaleAndShift(normalize(x, mean(x, space), variance(x, space), epsilon), gamma, beta);
}

/** Batch normalization for training: μ and σ of each channel over the batch. Ioffe and Szegedy 2015, algorithm 1. */
export function batchNorm(x: Value, gamma: Value, beta: Value, epsilon = EPSILON) {
  const others = [...x.shape.keys()].filter((axis) => axis !== 1);
  const batch = { mean: mean(x, others), variance: variance(x, others) };
  return { value: scaleAndShift(normalize(x, batch.mean, batch.variance, epsilon), gamma, beta), ...batch };
}

/** Batch normalization for inference: μ and σ² [C] are given. */
export function frozenBatchNorm(
  x: Value,
  { gamma, beta, mean: mu, variance: sigma2 }: { gamma: Value; beta: Value; mean: Value; variance: Value },
  epsilon = EPSILON,
): Value {
  return scaleAndShift(normalize(x, perChannel(mu, x), perChannel(sigma2, x), epsilon), gamma, beta);
}

const normalize = (x: Value, mu: Value, sigma2: Value, epsilon: number): Value =>
  divide(subtract(x, mu), squareRoot(offset(sigma2, epsilon)));

const scaleAndShift = (x: Value, gamma: Value, beta: Value): Value =>
  add(multiply(x, perChannel(gamma, x)), perChannel(beta, x));

/** [C] as [1, C, 1, …], so that it broadcasts along the channels of x. */
export function perChannel(vector: Value, x: Value): Value {
  if (sizeOf(vector.shape) !== x.shape[1])
    throwShapeError("perChannel", [vector, x], "there must be one number for each channel");
  return reshape(
    vector,
    x.shape.map((n, axis) => (axis === 1 ? n : 1)),
  );
}
