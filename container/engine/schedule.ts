/** The learning rate of step t = 1, 2, 3, … */
export type Schedule = (step: number) => number;

export const constantRate =
  (rate: number): Schedule =>
  () =>
    rate;

export interface CosineOptions {
  /** The greatest rate, at the end of the warm-up. */
  rate: number;
  /** T: the last step. After it the rate stays as low as it has come. */
  steps: number;
  /** So many steps it takes to rise, in a line. */
  warmUp?: number;
  /** What is left of `rate` at step T, in [0, 1]. */
  floor?: number;
}

/**
 * rate·min(1, t / warmUp)·(floor + (1 − floor)·½(1 + cos πt/T)): half a cosine from the top to the floor, without
 * restarts (Loshchilov and Hutter 2017, eq. 5), after a linear warm-up.
 */
export function cosineSchedule({ rate, steps, warmUp = 10, floor = 0.05 }: CosineOptions): Schedule {
  return (step) => {
    const decay = 0.5 * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps));
    return rate * Math.min(1, step / warmUp) * (floor + (1 - floor) * decay);
  };
}
