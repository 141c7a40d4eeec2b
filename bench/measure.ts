/** One line of the table: a figure, and the target it is held against, where there is one. */
export interface Row {
  name: string;
  value: number;
  unit: string;
  /** "≤ 1.3" and the like; empty where the figure is only reported. */
  target: string;
  pass: boolean | null;
  note?: string;
}

export function row(
  name: string,
  value: number,
  unit: string,
  target?: { most?: number; least?: number },
  note?: string,
): Row {
  const { most, least } = target ?? {};
  const within = (most === undefined || value <= most) && (least === undefined || value >= least);
  return {
    name,
    value: Number(value.toPrecision(4)),
    unit,
    target: most !== undefined ? `≤ ${most}` : least !== undefined ? `≥ ${least}` : "",
    pass: target === undefined ? null : within,
    ...(note === undefined ? {} : { note }),
  };
}

/** The value below which a share of the measurements lie. */
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

/** What an earlier request leaves to be done after its answer (a log line, garbage) is over by then. */
const SETTLED_MS = 25;

/**
 * Several kinds of work in turn, so that a machine whose speed drifts does the same to each; A B C, B C A, C A B …, so that each
 * comes as often behind what empties the caches.
 */
export async function alternately(
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
