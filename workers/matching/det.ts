import type { SquaredDistance } from "./distance.ts";

/** The distance of two pictures, and whether they really show the same person. */
export interface Pair {
  distance: SquaredDistance;
  same: boolean;
}

/** The false match rate and the false non-match rate at a threshold, in [0, 1]. ISO/IEC 19795-1. */
export interface ErrorRates {
  threshold: number;
  fmr: number;
  fnmr: number;
}

/**
 * The error rates at each threshold at which they change, in rising order: the points of the DET curve. At the first one nothing matches.
 */
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

/** The point at which the two rates differ least. `eer`, the equal error rate, is their mean there. */
export function equalErrorRate(rates: readonly ErrorRates[]): ErrorRates & { eer: number } {
  const gap = ({ fmr, fnmr }: ErrorRates) => Math.abs(fmr - fnmr);
  const equal = rates.reduce((best, at) => (gap(at) < gap(best) ? at : best));
  return { ...equal, eer: (equal.fmr + equal.fnmr) / 2 };
}

/** The true accept rate, 1 − FNMR, at the greatest threshold whose false accept rate is at most `far`, in [0, 1]. */
export function tarAt(far: number, rates: readonly ErrorRates[]): number {
  return 1 - (rates.findLast(({ fmr }) => fmr <= far)?.fnmr ?? 1);
}

/**
 * Accuracy by the protocol of LFW (Huang et al. 2007, section IV). The pairs are split, in their order, into ten folds with equal shares
 * of genuine and impostor pairs. The most accurate threshold of nine folds is tested on the tenth. Returns the mean over the folds and
 * its standard error. With n < 10 genuine or impostor pairs there are n folds; n must be at least 2.
 */
export function tenFoldAccuracy(pairs: readonly Pair[]): { accuracy: number; standardError: number } {
  const kinds = [true, false].map((kind) => pairs.filter(({ same }) => same === kind));
  const folds = Math.min(10, ...kinds.map(({ length }) => length));
  if (folds < 2)
    throw new RangeError("Accuracy needs at least two pairs of the same person and two pairs of different people.");
  const foldOf = new Map(kinds.flatMap((kind) => kind.map((pair, i) => [pair, Math.floor((i * folds) / kind.length)])));
  const accuracies = Array.from({ length: folds }, (_, fold) => {
    const [tested, others] = [true, false].map((own) => pairs.filter((pair) => (foldOf.get(pair) === fold) === own));
    const threshold = mostAccurateThreshold(others!);
    return tested!.filter(({ distance, same }) => distance <= threshold === same).length / tested!.length;
  });
  const accuracy = accuracies.reduce((sum, a) => sum + a, 0) / folds;
  const variance = accuracies.reduce((sum, a) => sum + (a - accuracy) ** 2, 0) / (folds - 1);
  return { accuracy, standardError: Math.sqrt(variance / folds) };
}

/** The threshold with the most correct decisions, in the middle between the two distances that it separates. */
function mostAccurateThreshold(pairs: readonly Pair[]): number {
  const genuine = pairs.filter(({ same }) => same).length;
  const correct = ({ fmr, fnmr }: ErrorRates) => (1 - fmr) * (pairs.length - genuine) + (1 - fnmr) * genuine;
  const rates = errorRates(pairs);
  const best = rates.reduce((best, at, i) => (correct(at) > correct(rates[best]!) ? i : best), 0);
  return (rates[best]!.threshold + (rates[best + 1] ?? rates[best]!).threshold) / 2;
}
