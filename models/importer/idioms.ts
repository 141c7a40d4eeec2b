import type { TfliteOperator, TfliteTensor } from "./tflite.ts";

type Producers = ReadonlyMap<number, TfliteOperator>;

/**
 * Matches PReLU(x) = max(x, 0) + a·min(x, 0), which TensorFlow writes with simpler operators in two ways: relu(x) + c·(x − |x|)
 * with a = 2c, and relu(x) + a·(−relu(−x)). Takes the final ADD. Returns the tensor x and the slope a of each channel.
 */
export function prelu(
  add: TfliteOperator,
  producers: Producers,
  tensors: readonly TfliteTensor[],
): { of: number; slope: Float32Array } | undefined {
  if (add.kind !== "ADD") return undefined;
  const positive = operand(add, "RELU", producers);
  const negative = operand(add, "MUL", producers);
  const x = positive?.inputs[0];
  const slope = negative?.inputs.map((input) => tensors[input]?.data).find((data) => data instanceof Float32Array);
  if (!negative || x === undefined || !slope) return undefined;

  const difference = operand(negative, "SUB", producers);
  if (difference?.inputs[0] === x && operand(difference, "ABS", producers)?.inputs[0] === x)
    return { of: x, slope: slope.map((c) => 2 * c) };

  const negated = operand(negative, "NEG", producers);
  const rectified = negated && operand(negated, "RELU", producers);
  if (rectified && operand(rectified, "NEG", producers)?.inputs[0] === x) return { of: x, slope };
  return undefined;
}

/** Matches a softmax written as exp(x − max x) / Σ exp(x − max x). Takes the final DIV. Returns the tensor x. */
export function softmax(divide: TfliteOperator, producers: Producers): number | undefined {
  if (divide.kind !== "DIV") return undefined;
  const exponential = operand(divide, "EXP", producers);
  const sum = operand(divide, "SUM", producers);
  const shifted = exponential && operand(exponential, "SUB", producers);
  const greatest = shifted && operand(shifted, "REDUCE_MAX", producers);
  const x = shifted?.inputs[0];
  return sum?.inputs[0] === exponential?.output && x !== undefined && greatest?.inputs[0] === x ? x : undefined;
}

/** The operator of this kind that computes one of the inputs of `of`. */
function operand(of: TfliteOperator, kind: TfliteOperator["kind"], producers: Producers): TfliteOperator | undefined {
  return of.inputs.map((input) => producers.get(input)).find((producer) => producer?.kind === kind);
}
