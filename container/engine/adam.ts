import { constantRate, type Schedule } from "./schedule.ts";

export interface AdamOptions {
  learningRate: number | Schedule;
  /** β₁: how slowly the mean of the gradients changes. */
  beta1?: number;
  /** β₂: the same of their squares. 0.99 forgets within 100 steps, about as long as a picture takes. */
  beta2?: number;
  /** ε: keeps a gradient of 0 from dividing by 0. */
  epsilon?: number;
}

/** What Adam remembers between steps: enough to go on as though nothing had interrupted it. */
interface AdamState {
  steps: number;
  /** m: the running mean of the gradients. */
  mean: Float32Array;
  /** v: the running mean of their squares. */
  square: Float32Array;
}

export interface Adam {
  /** Steps taken so far. */
  readonly steps: number;
  /** Moves x against the gradient, in place. */
  step(x: Float32Array, gradient: Float32Array): void;
  /** A copy, for a checkpoint. */
  save(): AdamState;
  /** Goes on from a checkpoint. */
  load(state: AdamState): void;
}

/** Kingma and Ba 2015, algorithm 1, over `size` numbers. */
export function createAdam(
  size: number,
  { learningRate, beta1 = 0.9, beta2 = 0.99, epsilon = 1e-10 }: AdamOptions,
): Adam {
  const rateOf = typeof learningRate === "number" ? constantRate(learningRate) : learningRate;
  const mean = new Float32Array(size);
  const square = new Float32Array(size);
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    step(x, gradient) {
      if (x.length !== size || gradient.length !== size)
        throw new RangeError(`Adam of ${size} numbers was given ${x.length} and a gradient of ${gradient.length}.`);
      steps++;
      const rate = rateOf(steps) / (1 - beta1 ** steps);
      const unbias = 1 / (1 - beta2 ** steps);
      for (let i = 0; i < size; i++) {
        const g = gradient[i]!;
        const m = beta1 * mean[i]! + (1 - beta1) * g;
        const v = beta2 * square[i]! + (1 - beta2) * g * g;
        mean[i] = m;
        square[i] = v;
        x[i]! -= (rate * m) / (Math.sqrt(v * unbias) + epsilon);
      }
    },
    save: () => ({ steps, mean: mean.slice(), square: square.slice() }),
    load(state) {
      if (state.mean.length !== size || state.square.length !== size)
        throw new RangeError(`Adam of ${size} numbers cannot go on from a checkpoint of ${state.mean.length}.`);
      mean.set(state.mean);
      square.set(state.square);
      steps = state.steps;
    },
  };
}
