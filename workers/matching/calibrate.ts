import type { Calibration, CurvePoint } from "../../models/calibration.ts";
import { DEFAULT_TARGET_FMR } from "./decide.ts";
import { squaredDistance } from "./distance.ts";
import { interpolate } from "./interpolate.ts";
import { type Interval, Z95 } from "./interval.ts";
import type { FaceTemplate } from "./template.ts";

/** A face whose owner is known; `norm` is the length of its embedding. */
export interface KnownFace {
  person: string;
  template: FaceTemplate;
  norm: number;
}

/** The curve has a point at every multiple of this distance. Within a step ln FMR bends by less than 1 %. */
const STEP = 0.05;
const STEPS = Math.round(4 / STEP);
/** Impostor pairs that must be nearer than a point for it to be one of the curve: their number is then known to 36 %. */
const LEAST_PAIRS = 30;
/** The tail is fitted to as many times the pairs that the curve's first point has. */
const TAIL_PAIRS = 10 * LEAST_PAIRS;
/** Evenly spaced shares of all faces, at whose norms quality is told: hundredths, because it is the worst ones that are refused. */
const NORM_SHARES = 100;

/** The number of the first point of the curve at which a pair of this distance matches. */
const stepOf = (distance: number) => Math.ceil(distance / STEP);
const distanceAt = (step: number) => Number((step * STEP).toFixed(2));

/**
 * Compares every face with every other and tells what the distances mean. At least three people.
 *
 * Each pair of people has the same weight, however many pictures there are of them, because pictures of one person err together
 * and it is the next person that the rates are promised for. For the same reason the intervals take people, not pairs, for
 * what was sampled.
 */
export function calibrate(
  faces: readonly KnownFace[],
  about: Pick<Calibration, "modelId" | "dataset" | "command">,
): Calibration {
  const people = [...Map.groupBy(faces, ({ person }) => person).values()];
  if (people.length < 3) throw new RangeError("A calibration needs at least three people.");
  const impostors = compareOthers(people);
  const { fnmr, pairs: genuinePairs } = compareSelves(people);

  const curve: CurvePoint[] = [];
  for (let step = 0; step < STEPS; step++) {
    const fmr = impostors.fmr(step);
    if (impostors.nearer[step]! < LEAST_PAIRS || rounded(fmr) <= (curve.at(-1)?.fmr ?? 0)) continue;
    if (rounded(fmr) >= 1) break;
    const { low, high } = impostors.interval(step);
    const rates = { fmr: rounded(fmr), fmrLow: rounded(low), fmrHigh: rounded(high), fnmr: rounded(fnmr(step)) };
    curve.push({ distance: distanceAt(step), ...rates });
  }
  return {
    ...about,
    people: people.length,
    genuinePairs,
    impostorPairs: impostors.nearer[STEPS]!,
    curve,
    tail: { rate: rounded(impostors.tailRate()) },
    independence: rounded(impostors.independence()),
    norms: percentiles(faces.map(({ norm }) => norm)),
  };
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** All pairs of two people. Every table has a place for each step, and is added up so that it counts what matches there. */
function compareOthers(people: readonly KnownFace[][]) {
  const n = people.length;
  const table = () => new Float64Array(STEPS + 1);
  const nearer = table();
  /** For each person the sum, over the others, of the share of picture pairs that match. */
  const shares = people.map(table);
  /** The same over all pairs of people, and the distances with the same weights. */
  const [weights, weighted] = [table(), table()];
  /** By number of templates: probes for which any of them matches, and for which one does on average. */
  const [any, one] = [new Map<number, Float64Array>(), new Map<number, Float64Array>()];

  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const [probes, templates] = [people[a]!, people[b]!];
      const m = templates.length;
      const weight = 1 / (probes.length * m);
      if (!any.has(m)) any.set(m, table());
      if (!one.has(m)) one.set(m, table());
      for (const probe of probes) {
        let nearest = STEPS;
        for (const { template } of templates) {
          const distance = squaredDistance(probe.template, template);
          const step = stepOf(distance);
          nearest = Math.min(nearest, step);
          nearer[step]!++;
          weights[step]! += weight;
          weighted[step]! += weight * distance;
          shares[a]![step]! += weight;
          shares[b]![step]! += weight;
          one.get(m)![step]! += 1 / m;
        }
        any.get(m)![nearest]!++;
      }
    }
  }
  for (const counts of [nearer, weights, weighted, ...shares, ...any.values(), ...one.values()]) accumulate(counts);

  const fmr = (step: number) => (2 * weights[step]!) / (n * (n - 1));

  /**
   * 95 %, from the rates with one person left out at a time: the jackknife of a mean over pairs, which errs on the wide side
   * (Efron and Stein 1981). Taken of ln FMR, so that it stays above 0.
   */
  function interval(step: number): Interval {
    const rate = fmr(step);
    const spread = shares.reduce((sum, share) => sum + (share[step]! / (n - 1) - rate) ** 2, 0);
    const error = Math.sqrt((4 * spread * (n - 1)) / n) / (n - 2);
    const factor = Math.exp((Z95 * error) / rate);
    return { low: rate / factor, high: Math.min(1, rate * factor) };
  }

  /**
   * The rate of an exponential tail: 1 / mean excess below a point, the maximum likelihood estimate of the generalized Pareto
   * tail with shape 0 (Pickands 1975; Coles 2001, section 4). Impostors' distances bend down faster than that, so that
   * what is extrapolated is more often too high a rate than too low a one; a free shape would fit them better, but end
   * in a distance at which it promised that nobody ever matches.
   */
  function tailRate(): number {
    const found = nearer.findIndex((count) => count >= TAIL_PAIRS);
    const step = found < 0 ? STEPS : found;
    return weights[step]! / (distanceAt(step) * weights[step]! - weighted[step]!);
  }

  /**
   * θ: people with m templates are matched m^θ times as often as with one of them. Measured where one template has the
   * default FMR; rarer matches are a little more independent, commoner ones less.
   */
  function independence(): number {
    const step = weights.findIndex((_, s) => nearer[s]! >= LEAST_PAIRS && fmr(s) >= DEFAULT_TARGET_FMR);
    let [sum, weight] = [0, 0];
    for (const [m, matched] of any) {
      if (m === 1 || !(matched[step]! > 0)) continue;
      sum += (matched[step]! * Math.log(matched[step]! / one.get(m)![step]!)) / Math.log(m);
      weight += matched[step]!;
    }
    return weight > 0 ? Math.min(1, sum / weight) : 1;
  }

  return { nearer, fmr, interval, tailRate, independence };
}

/** All pairs of one person's pictures; everybody who has several counts the same. */
function compareSelves(people: readonly KnownFace[][]): { pairs: number; fnmr(step: number): number } {
  const several = people.filter(({ length }) => length > 1);
  const matched = new Float64Array(STEPS + 1);
  let pairs = 0;
  for (const faces of several) {
    const own = (faces.length * (faces.length - 1)) / 2;
    pairs += own;
    for (const [i, a] of faces.entries()) {
      for (const b of faces.slice(i + 1)) {
        matched[stepOf(squaredDistance(a.template, b.template))]! += 1 / (own * several.length);
      }
    }
  }
  accumulate(matched);
  // What rounding leaves of a difference of sums is nothing.
  return { pairs, fnmr: (step) => Math.max(0, Number((1 - matched[step]!).toFixed(9))) };
}

function accumulate(counts: Float64Array): void {
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
}

/** The values at evenly spaced shares of the sorted ones, from the least to the greatest. */
function percentiles(values: readonly number[]): number[] {
  const knots = values.toSorted((a, b) => a - b).map((y, x) => ({ x, y }));
  return Array.from({ length: NORM_SHARES + 1 }, (_, i) =>
    rounded(interpolate(knots, (i * (values.length - 1)) / NORM_SHARES)),
  );
}
