import { constantRate, type Schedule } from "./schedule.ts";

export interface AdamOptions {
  learningRate: number | Schedule;
  /** β₁: the decay rate of the mean of the gradients. Default: 0.9. */
  beta1?: number;
  /**
   * β₂: the decay rate of the mean of the squared gradients. Default: 0.99, which forgets within 100 steps, about the
   * length of a stylization.
   */
  beta2?: number;
  /** ε: prevents division by zero. */
  epsilon?: number;
}

/** The optimizer's state. Resuming from it gives the same steps as an uninterrupted run. */
interface AdamState {
  steps: number;
  /** m: the moving average of the gradients. */
  mean: Float32Array;
  /** v: the moving average of the squared gradients. */
  square: Float32Array;
}

export interface Adam {
  /** The number of steps taken. */
  readonly steps: number;
  /** Updates x in place. */
  step(x: Float32Array, gradient: Float32Array): void;
  /** Copies the state for a checkpoint. */
  save(): AdamState;
  /** Resumes from a checkpoint. */
  load(state: AdamState): void;
}

/** Adam (Kingma and Ba 2015, algorithm 1) for `size` parameters. */
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
        throw new RangeError(
          `Adam expects ${size} parameters but got ${x.length}, and a gradient of ${gradient.length}.`,
        );
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
        throw new RangeError(`Adam expects ${size} parameters but got a checkpoint of ${state.mean.length}.`);
      mean.set(state.mean);
      square.set(state.square);
      steps = state.steps;
    },
  };
}
