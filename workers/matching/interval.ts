/** An interval of rates, in [0, 1]. */
export interface Interval {
  low: number;
  high: number;
}

/** The 97.5 % quantile of the normal distribution: 95 % of the values are within this many standard errors of the mean. */
export const Z95 = 1.959964;

/**
 * The 95 % confidence interval of a rate that occurred `count` times in `trials` independent trials, by the score test. Unlike the usual
 * p ± z·se, it is also valid for rare events. Wilson 1927; recommended by Brown, Cai and DasGupta 2001.
 */
export function wilson(count: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const z2 = Z95 ** 2 / trials;
  const rate = count / trials;
  const center = (rate + z2 / 2) / (1 + z2);
  const half = Math.sqrt(z2 * (rate * (1 - rate) + z2 / 4)) / (1 + z2);
  return { low: count === 0 ? 0 : center - half, high: count === trials ? 1 : center + half };
}
