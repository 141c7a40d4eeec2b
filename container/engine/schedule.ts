/** The learning rate at step t = 1, 2, 3, … */
export type Schedule = (step: number) => number;

export const constantRate =
  (rate: number): Schedule =>
  () =>
    rate;

export interface CosineOptions {
  /** The highest rate, reached at the end of the warm-up. */
  rate: number;
  /** T: the last step. The rate stays constant after it. */
  steps: number;
  /** The number of steps in the linear warm-up. Default: 10. */
  warmUp?: number;
  /** The final rate as a fraction of `rate`, in [0, 1]. Default: 0.05. */
  floor?: number;
}

/**
 * rate·min(1, t / warmUp)·(floor + (1 − floor)·½(1 + cos πt/T)): a linear warm-up, then half a cosine down to the
 * floor, without restarts (Loshchilov and Hutter 2017, eq. 5).
 */
export function cosineSchedule({ rate, steps, warmUp = 10, floor = 0.05 }: CosineOptions): Schedule {
  return (step) => {
    const decay = 0.5 * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps));
    return rate * Math.min(1, step / warmUp) * (floor + (1 - floor) * decay);
  };
}
