/** A point on the function along a line, φ(α) = f(x + α·p). */
export interface LinePoint {
  /** α ≥ 0. */
  readonly length: number;
  /** φ(α). */
  readonly value: number;
  /** φ′(α). */
  readonly slope: number;
}

/** c₁ and c₂, the usual values for quasi-Newton directions. Nocedal and Wright 2006, p. 62. */
export const C1_SUFFICIENT_DECREASE = 1e-4;
export const C2_CURVATURE = 0.9;

/** The maximum number of evaluations along a line, for expanding and zooming together. */
const MAX_EVALUATIONS = 20;

/**
 * Finds a point on the line that satisfies the strong Wolfe conditions (Nocedal and Wright 2006, eq. 3.7, algorithm
 * 3.5): φ(α) ≤ φ(0) + c₁·α·φ′(0) and |φ′(α)| ≤ c₂·|φ′(0)|. If φ(α) is NaN or infinite, the step was too long.
 * `undefined` if there is no such point: float32 shows no lower point, or `start.slope` is not a descent.
 */
export async function strongWolfe<P extends LinePoint>(
  evaluateAt: (length: number) => Promise<P>,
  start: P,
  firstLength: number,
): Promise<P | undefined> {
  let previous = start;
  let length = firstLength;
  for (let attempt = 0; attempt < MAX_EVALUATIONS; attempt++) {
    const trial = await evaluateAt(length);
    if (!hasSufficientDecrease(trial, start) || (attempt > 0 && trial.value >= previous.value))
      return zoom(evaluateAt, start, previous, trial, MAX_EVALUATIONS - attempt - 1);
    if (hasFlatSlope(trial, start)) return trial;
    if (trial.slope >= 0) return zoom(evaluateAt, start, trial, previous, MAX_EVALUATIONS - attempt - 1);
    previous = trial;
    length *= 2;
  }
  return undefined;
}

/**
 * Algorithm 3.6: searches between `low`, the lowest point so far with sufficient decrease, and `high`. The interval
 * contains points that satisfy both conditions.
 */
async function zoom<P extends LinePoint>(
  evaluateAt: (length: number) => Promise<P>,
  start: P,
  low: P,
  high: P,
  attempts: number,
): Promise<P | undefined> {
  if (attempts === 0) return undefined;
  const trial = await evaluateAt(interpolate(low, high));
  if (!hasSufficientDecrease(trial, start) || trial.value >= low.value)
    return zoom(evaluateAt, start, low, trial, attempts - 1);
  if (hasFlatSlope(trial, start)) return trial;
  const newHigh = trial.slope * (high.length - low.length) >= 0 ? low : high;
  return zoom(evaluateAt, start, trial, newHigh, attempts - 1);
}

const hasSufficientDecrease = ({ length, value }: LinePoint, start: LinePoint): boolean =>
  value <= start.value + C1_SUFFICIENT_DECREASE * length * start.slope;

const hasFlatSlope = ({ slope }: LinePoint, start: LinePoint): boolean =>
  Math.abs(slope) <= -C2_CURVATURE * start.slope;

/**
 * The minimum of the cubic through both points and their slopes (eq. 3.59), or the midpoint if that minimum is near an
 * end.
 */
function interpolate(a: LinePoint, b: LinePoint): number {
  const width = b.length - a.length;
  const d1 = a.slope + b.slope - (3 * (b.value - a.value)) / width;
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  const fraction = 1 - (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  // The interval always shrinks by at least a tenth. A NaN, from a φ that is not finite, selects the midpoint too.
  return a.length + width * (fraction > 0.1 && fraction < 0.9 ? fraction : 0.5);
}
