/** One line of the result: a figure and its target, if it has one. */
export interface Row {
  name: string;
  value: number;
  unit: string;
  /** For example "≤ 1.3"; empty if the figure has no target. */
  target: string;
  pass: boolean | null;
  note?: string;
}

export function row(
  name: string,
  value: number,
  unit: string,
  target?: { max?: number; min?: number },
  note?: string,
): Row {
  const { max, min } = target ?? {};
  const isWithin = (max === undefined || value <= max) && (min === undefined || value >= min);
  return {
    name,
    value: Number(value.toPrecision(4)),
    unit,
    target: max !== undefined ? `≤ ${max}` : min !== undefined ? `≥ ${min}` : "",
    pass: target === undefined ? null : isWithin,
    ...(note === undefined ? {} : { note }),
  };
}

/** The quantile of the values at `share`, in [0, 1]. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export async function timed<T>(work: () => Promise<T>): Promise<{ millis: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { millis: performance.now() - start, result };
}

/** Pause after which the work that follows an answer (a log line, garbage collection) is done. */
const SETTLED_MS = 25;

/**
 * Measures several kinds of work alternately, so that changes in the machine's speed affect all equally. The order rotates (A B C, B C A,
 * C A B …), so that each kind follows each other kind, which may empty the caches, equally often.
 */
export async function interleave(
  rounds: number,
  work: readonly (() => Promise<number>)[],
  settledMs = SETTLED_MS,
): Promise<number[][]> {
  const measured: number[][] = work.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const turn of work.keys()) {
      const i = (round + turn) % work.length;
      await new Promise((settled) => setTimeout(settled, settledMs));
      measured[i]!.push(await work[i]!());
    }
  }
  return measured;
}
