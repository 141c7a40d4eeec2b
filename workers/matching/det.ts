import type { SquaredDistance } from "./distance.ts";

/** Two pictures' distance, and whether they are of one person: the truth. */
export interface Pair {
  distance: SquaredDistance;
  same: boolean;
}

/** What a threshold would do: the false match and the false non-match rate, in [0, 1]. ISO/IEC 19795-1. */
export interface ErrorRates {
  threshold: number;
  fmr: number;
  fnmr: number;
}

/** The error rates at every threshold that makes a difference, rising: the points of the DET curve. First, nothing matches. */
export function errorRates(pairs: readonly Pair[]): ErrorRates[] {
  const genuine = pairs.filter(({ same }) => same).length;
  const impostors = pairs.length - genuine;
  const rates: ErrorRates[] = [{ threshold: Number.NEGATIVE_INFINITY, fmr: 0, fnmr: 1 }];
  let [falseMatches, matches] = [0, 0];
  const rising = pairs.toSorted((a, b) => a.distance - b.distance);
  rising.forEach(({ distance, same }, i) => {
    if (same) matches++;
    else falseMatches++;
    if (rising[i + 1]?.distance === distance) return;
    rates.push({ threshold: distance, fmr: falseMatches / impostors, fnmr: 1 - matches / genuine });
  });
  return rates;
}

/** Where both rates are as near to each other as they come, and their mean there: the equal error rate. */
export function equalErrorRate(rates: readonly ErrorRates[]): ErrorRates & { eer: number } {
  const gap = ({ fmr, fnmr }: ErrorRates) => Math.abs(fmr - fnmr);
  const equal = rates.reduce((best, at) => (gap(at) < gap(best) ? at : best));
  return { ...equal, eer: (equal.fmr + equal.fnmr) / 2 };
}

/** True accept rate, 1 − FNMR, at the greatest threshold whose false accepts (in [0, 1]) are at most `far`. */
export function tarAt(far: number, rates: readonly ErrorRates[]): number {
  return 1 - (rates.findLast(({ fmr }) => fmr <= far)?.fnmr ?? 1);
}

/**
 * Accuracy as LFW's protocol has it: the pairs are dealt into ten folds with equal parts of either kind, in their order; on
 * nine of them the threshold with the most right answers is found, and judged on the tenth. Mean over the folds, and its
 * standard error. Huang et al. 2007, section IV. Of fewer than ten pairs of a kind each makes a fold; two are the least.
 */
export function tenFoldAccuracy(pairs: readonly Pair[]): { accuracy: number; standardError: number } {
  const kinds = [true, false].map((kind) => pairs.filter(({ same }) => same === kind));
  const folds = Math.min(10, ...kinds.map(({ length }) => length));
  if (folds < 2) throw new RangeError("Accuracy needs two pairs of one person and two of two people at least.");
  const dealt = new Map(kinds.flatMap((kind) => kind.map((pair, i) => [pair, Math.floor((i * folds) / kind.length)])));
  const accuracies = Array.from({ length: folds }, (_, fold) => {
    const [judged, seen] = [true, false].map((mine) => pairs.filter((pair) => (dealt.get(pair) === fold) === mine));
    const threshold = mostAccurate(seen!);
    return judged!.filter(({ distance, same }) => distance <= threshold === same).length / judged!.length;
  });
  const accuracy = accuracies.reduce((sum, a) => sum + a, 0) / folds;
  const variance = accuracies.reduce((sum, a) => sum + (a - accuracy) ** 2, 0) / (folds - 1);
  return { accuracy, standardError: Math.sqrt(variance / folds) };
}

/** The threshold with the most right answers, in the middle between the pairs that it divides. */
function mostAccurate(pairs: readonly Pair[]): number {
  const genuine = pairs.filter(({ same }) => same).length;
  const right = ({ fmr, fnmr }: ErrorRates) => (1 - fmr) * (pairs.length - genuine) + (1 - fnmr) * genuine;
  const rates = errorRates(pairs);
  const best = rates.reduce((best, at, i) => (right(at) > right(rates[best]!) ? i : best), 0);
  return (rates[best]!.threshold + (rates[best + 1] ?? rates[best]!).threshold) / 2;
}
