import { type Calibration, fnmrAt, isExtrapolated, thresholdAt } from "../../workers/matching/calibration.ts";
import { DEFAULT_TARGET_FMR } from "../../workers/matching/decide.ts";
import {
  type ErrorRates,
  equalErrorRate,
  errorRates,
  type Pair,
  tarAt,
  tenFoldAccuracy,
} from "../../workers/matching/det.ts";
import { type SquaredDistance, squaredDistance, squaredDistanceOf } from "../../workers/matching/distance.ts";
import { type Interval, wilson } from "../../workers/matching/interval.ts";
import { fmrOf } from "../../workers/matching/rates.ts";
import type { FaceTemplate } from "../../workers/matching/template.ts";
import type { LabeledPair } from "./dataset.ts";

/** A share of trials, with its 95 % confidence interval. */
export interface Rate extends Interval {
  count: number;
  of: number;
  rate: number;
}

export const rateOf = (count: number, of: number): Rate => ({
  count,
  of,
  rate: of > 0 ? count / of : 0,
  ...wilson(count, of),
});

export interface VerificationReport {
  pairs: number;
  genuinePairs: number;
  impostorPairs: number;
  /** Over ten folds, as in LFW's protocol. */
  accuracy: number;
  accuracyStandardError: number;
  /** Equal error rate: the mean of FMR and FNMR at the threshold where they are closest. Both rates follow. */
  eer: number;
  eerFmr: number;
  eerFnmr: number;
  eerThreshold: number;
  /** True accept rates, down to the false accept rate of a single false accept. */
  tar: { far: number; tar: number }[];
  /** The calibrated operating points for one template. The calibration has far more pairs than this evaluation. */
  calibrated: { targetFmr: number; threshold: SquaredDistance; fnmr: number; extrapolated: boolean }[];
  /** The product's default operating point. */
  atDefault: { targetFmr: number; threshold: SquaredDistance; fmr: Rate; fnmr: Rate };
}

/** Evaluates verification (1:1). A pair with a face that was not found cannot match: it counts with the maximum distance, 4. */
export function evaluateVerification(
  labeledPairs: readonly LabeledPair[],
  templates: ReadonlyMap<string, FaceTemplate>,
  calibration: Calibration,
): { report: VerificationReport; rates: ErrorRates[] } {
  const pairs: Pair[] = labeledPairs.map(({ a, b, same }) => {
    const [x, y] = [templates.get(a), templates.get(b)];
    return { same, distance: x && y ? squaredDistance(x, y) : squaredDistanceOf(4) };
  });
  const genuine = pairs.filter(({ same }) => same);
  const impostors = pairs.filter(({ same }) => !same);
  const rates = errorRates(pairs);
  const equal = equalErrorRate(rates);
  const { accuracy, standardError } = tenFoldAccuracy(pairs);
  const threshold = thresholdAt({ targetFmr: DEFAULT_TARGET_FMR }, calibration);
  const countMatches = (kind: readonly Pair[]) => kind.filter(({ distance }) => distance <= threshold).length;
  const report = {
    pairs: pairs.length,
    genuinePairs: genuine.length,
    impostorPairs: impostors.length,
    accuracy,
    accuracyStandardError: standardError,
    eer: equal.eer,
    eerFmr: equal.fmr,
    eerFnmr: equal.fnmr,
    eerThreshold: equal.threshold,
    tar: [1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
      .filter((far) => far * impostors.length >= 1)
      .map((far) => ({ far, tar: tarAt(far, rates) })),
    calibrated: [1e-2, 1e-3, 1e-4, 1e-5, 1e-6].map(fmrOf).map((targetFmr) => {
      const threshold = thresholdAt({ targetFmr }, calibration);
      const extrapolated = isExtrapolated(threshold, calibration);
      return { targetFmr, threshold, fnmr: fnmrAt(threshold, calibration), extrapolated };
    }),
    atDefault: {
      targetFmr: DEFAULT_TARGET_FMR,
      threshold,
      fmr: rateOf(countMatches(impostors), impostors.length),
      fnmr: rateOf(genuine.length - countMatches(genuine), genuine.length),
    },
  };
  return { report, rates };
}
