import type { Calibration, CurvePoint } from "../../models/calibration.ts";
import { DEFAULT_TARGET_FMR } from "./decide.ts";
import { squaredDistance } from "./distance.ts";
import { interpolate } from "./interpolate.ts";
import { type Interval, Z95 } from "./interval.ts";
import type { FaceTemplate } from "./template.ts";

/** A face of a known person. `norm` is the length of its embedding. */
export interface KnownFace {
  person: string;
  template: FaceTemplate;
  norm: number;
}

/** The curve has a point at each multiple of this distance. Within a step, ln FMR deviates from a line by less than 1 %. */
const STEP = 0.05;
const STEPS = Math.round(4 / STEP);
/** The minimum number of impostor pairs nearer than a point of the curve. It bounds the relative error of their number to 36 %. */
const MIN_PAIRS = 30;
/** The tail is fitted to at least this many of the nearest impostor pairs. */
const TAIL_PAIRS = 10 * MIN_PAIRS;
/** Norms are stored at this many equal steps of the sorted faces. Hundredths, because the minimum quality refuses the worst 1 %. */
const NORM_SHARES = 100;

/** The index of the first step of the curve at which a pair of this distance matches. */
const stepOf = (distance: number) => Math.ceil(distance / STEP);
const distanceAt = (step: number) => Number((step * STEP).toFixed(2));

/**
 * Compares all faces with each other and measures the error rates of each distance. Needs at least three people.
 *
 * Each pair of people has the same weight, whatever the number of their pictures: errors of one person's pictures are correlated, and
 * the rates must hold for people who are not in the data set. For the same reason, the confidence intervals treat people, not pairs, as
 * the samples.
 */
export function calibrate(
  faces: readonly KnownFace[],
  about: Pick<Calibration, "modelId" | "dataset" | "command">,
): Calibration {
  const people = [...Map.groupBy(faces, ({ person }) => person).values()];
  if (people.length < 3) throw new RangeError(`A calibration needs at least 3 people, not ${people.length}.`);
  const impostors = compareImpostors(people);
  const { fnmr, pairs: genuinePairs } = compareGenuine(people);

  const curve: CurvePoint[] = [];
  for (let step = 0; step < STEPS; step++) {
    const fmr = impostors.fmr(step);
    if (impostors.pairCounts[step]! < MIN_PAIRS || rounded(fmr) <= (curve.at(-1)?.fmr ?? 0)) continue;
    if (rounded(fmr) >= 1) break;
    const { low, high } = impostors.interval(step);
    const rates = { fmr: rounded(fmr), fmrLow: rounded(low), fmrHigh: rounded(high), fnmr: rounded(fnmr(step)) };
    curve.push({ distance: distanceAt(step), ...rates });
  }
  return {
    ...about,
    people: people.length,
    genuinePairs,
    impostorPairs: impostors.pairCounts[STEPS]!,
    curve,
    tail: { rate: rounded(impostors.tailRate()) },
    independence: rounded(impostors.independence()),
    norms: percentiles(faces.map(({ norm }) => norm)),
  };
}

const rounded = (value: number) => Number(value.toPrecision(4));

/**
 * Compares all impostor pairs. Each table has one entry per step. `accumulate` makes the tables cumulative, so that an entry counts all
 * pairs that match at its step.
 */
function compareImpostors(people: readonly KnownFace[][]) {
  const n = people.length;
  const table = () => new Float64Array(STEPS + 1);
  const pairCounts = table();
  /** For each person: the sum, over all other people, of the share of picture pairs that match. */
  const shares = people.map(table);
  /** The sum of these shares over all pairs of people, and of the distances with the same weights. */
  const [weights, weighted] = [table(), table()];
  /** By number of templates: the number of probes that match any of them, and the mean number of probes that match one of them. */
  const [anyMatches, oneMatches] = [new Map<number, Float64Array>(), new Map<number, Float64Array>()];

  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const [probes, templates] = [people[a]!, people[b]!];
      const m = templates.length;
      const weight = 1 / (probes.length * m);
      if (!anyMatches.has(m)) anyMatches.set(m, table());
      if (!oneMatches.has(m)) oneMatches.set(m, table());
      for (const probe of probes) {
        let nearest = STEPS;
        for (const { template } of templates) {
          const distance = squaredDistance(probe.template, template);
          const step = stepOf(distance);
          nearest = Math.min(nearest, step);
          pairCounts[step]!++;
          weights[step]! += weight;
          weighted[step]! += weight * distance;
          shares[a]![step]! += weight;
          shares[b]![step]! += weight;
          oneMatches.get(m)![step]! += 1 / m;
        }
        anyMatches.get(m)![nearest]!++;
      }
    }
  }
  for (const counts of [pairCounts, weights, weighted, ...shares, ...anyMatches.values(), ...oneMatches.values()])
    accumulate(counts);

  const fmr = (step: number) => (2 * weights[step]!) / (n * (n - 1));

  /**
   * The 95 % confidence interval of the FMR. It is the jackknife of a mean over pairs, from the rates with one person left out at a time.
   * That estimate is conservative (Efron and Stein 1981). It is computed on ln FMR, so that the interval stays above 0.
   */
  function interval(step: number): Interval {
    const rate = fmr(step);
    const spread = shares.reduce((sum, share) => sum + (share[step]! / (n - 1) - rate) ** 2, 0);
    const error = Math.sqrt((4 * spread * (n - 1)) / n) / (n - 2);
    const factor = Math.exp((Z95 * error) / rate);
    return { low: rate / factor, high: Math.min(1, rate * factor) };
  }

  /**
   * The rate of an exponential tail: 1 / mean excess below a point. This is the maximum likelihood estimate of the generalized Pareto
   * tail with shape 0 (Pickands 1975; Coles 2001, section 4). The real FMR falls faster than that, so the extrapolated FMR is more often
   * too high than too low. A free shape would fit better, but would predict an FMR of 0 below some distance.
   */
  function tailRate(): number {
    const found = pairCounts.findIndex((count) => count >= TAIL_PAIRS);
    const step = found < 0 ? STEPS : found;
    return weights[step]! / (distanceAt(step) * weights[step]! - weighted[step]!);
  }

  /**
   * θ: a subject with m templates is falsely matched m^θ times as often as with one template. Measured at the threshold at which one
   * template has the default FMR. At lower FMRs the matches are slightly more independent, at higher FMRs slightly less.
   */
  function independence(): number {
    const step = weights.findIndex((_, s) => pairCounts[s]! >= MIN_PAIRS && fmr(s) >= DEFAULT_TARGET_FMR);
    let [sum, weight] = [0, 0];
    for (const [m, matched] of anyMatches) {
      if (m === 1 || !(matched[step]! > 0)) continue;
      sum += (matched[step]! * Math.log(matched[step]! / oneMatches.get(m)![step]!)) / Math.log(m);
      weight += matched[step]!;
    }
    return weight > 0 ? Math.min(1, sum / weight) : 1;
  }

  return { pairCounts, fmr, interval, tailRate, independence };
}

/** Compares all genuine pairs. Each person with at least two pictures has the same weight. */
function compareGenuine(people: readonly KnownFace[][]): { pairs: number; fnmr(step: number): number } {
  const withPairs = people.filter(({ length }) => length > 1);
  const matched = new Float64Array(STEPS + 1);
  let pairs = 0;
  for (const faces of withPairs) {
    const own = (faces.length * (faces.length - 1)) / 2;
    pairs += own;
    for (const [i, a] of faces.entries()) {
      for (const b of faces.slice(i + 1)) {
        matched[stepOf(squaredDistance(a.template, b.template))]! += 1 / (own * withPairs.length);
      }
    }
  }
  accumulate(matched);
  // Round, because a difference of sums that should be 0 may be slightly off.
  return { pairs, fnmr: (step) => Math.max(0, Number((1 - matched[step]!).toFixed(9))) };
}

function accumulate(counts: Float64Array): void {
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
}

/** The percentiles of the values, from the minimum to the maximum. */
function percentiles(values: readonly number[]): number[] {
  const knots = values.toSorted((a, b) => a - b).map((y, x) => ({ x, y }));
  return Array.from({ length: NORM_SHARES + 1 }, (_, i) =>
    rounded(interpolate(knots, (i * (values.length - 1)) / NORM_SHARES)),
  );
}
