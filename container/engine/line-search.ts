/** The function along a line, φ(α) = f(x + α·p). */
export interface Probe {
  /** α ≥ 0. */
  readonly length: number;
  /** φ(α). */
  readonly value: number;
  /** φ′(α). */
  readonly slope: number;
}

/** c₁ and c₂ as usual for quasi-Newton directions. Nocedal and Wright 2006, p. 62. */
export const SUFFICIENT_DECREASE = 1e-4;
export const CURVATURE = 0.9;

/** Tries before a line is given up, those on the way out and those of closing in together. */
const ATTEMPTS = 20;

/**
 * A point on the line that satisfies the strong Wolfe conditions (Nocedal and Wright 2006, eq. 3.7, algorithm 3.5):
 * φ(α) ≤ φ(0) + c₁·α·φ′(0) and |φ′(α)| ≤ c₂·|φ′(0)|. Where φ is no number, the step was too long. `undefined` when none
 * was found: then float32 can tell no lower point, or `start.slope` is no descent.
 */
export async function strongWolfe<P extends Probe>(
  probe: (length: number) => Promise<P>,
  start: P,
  firstLength: number,
): Promise<P | undefined> {
  let before = start;
  let length = firstLength;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const here = await probe(length);
    if (!decreases(here, start) || (attempt > 0 && here.value >= before.value))
      return zoom(probe, start, before, here, ATTEMPTS - attempt - 1);
    if (isFlat(here, start)) return here;
    if (here.slope >= 0) return zoom(probe, start, here, before, ATTEMPTS - attempt - 1);
    before = here;
    length *= 2;
  }
  return undefined;
}

/** Algorithm 3.6: between `low`, the lowest point so far that decreases, and `high` there are points that satisfy both. */
async function zoom<P extends Probe>(
  probe: (length: number) => Promise<P>,
  start: P,
  low: P,
  high: P,
  attempts: number,
): Promise<P | undefined> {
  if (attempts === 0) return undefined;
  const here = await probe(between(low, high));
  if (!decreases(here, start) || here.value >= low.value) return zoom(probe, start, low, here, attempts - 1);
  if (isFlat(here, start)) return here;
  const beyond = here.slope * (high.length - low.length) >= 0 ? low : high;
  return zoom(probe, start, here, beyond, attempts - 1);
}

const decreases = ({ length, value }: Probe, start: Probe): boolean =>
  value <= start.value + SUFFICIENT_DECREASE * length * start.slope;

const isFlat = ({ slope }: Probe, start: Probe): boolean => Math.abs(slope) <= -CURVATURE * start.slope;

/** Where the cubic through both points with their slopes is least (eq. 3.59); the middle, where that is near an end. */
function between(a: Probe, b: Probe): number {
  const width = b.length - a.length;
  const d1 = a.slope + b.slope - (3 * (b.value - a.value)) / width;
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  const part = 1 - (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  // So that the interval always shrinks by a tenth; NaN, of a φ that is no number, takes the middle too.
  return a.length + width * (part > 0.1 && part < 0.9 ? part : 0.5);
}
