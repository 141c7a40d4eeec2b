import faceplugin512 from "./calibration/faceplugin-512.json" with { type: "json" };
import mobilefacenet192 from "./calibration/mobilefacenet-192.json" with { type: "json" };

/** The calibration of an embedder: error rates, measured over many pairs. Written by `npm run eval -- --write-calibration`. */
export interface Calibration {
  /** The embedder's catalog id. */
  modelId: string;
  /** The data set on which it was measured. */
  dataset: string;
  /** The command that measures it again. */
  command: string;
  /** The number of people. Each has the same weight, regardless of the number of pictures. */
  people: number;
  /** The number of genuine pairs, from which the FNMR is measured. */
  genuinePairs: number;
  /** The number of impostor pairs, from which the FMR is measured. */
  impostorPairs: number;
  /** Points with increasing distance and strictly increasing FMR. The first has the lowest distance with enough pairs. */
  curve: readonly CurvePoint[];
  /** The extrapolation below the first point of the curve. */
  tail: Tail;
  /** θ in [0, 1]: m templates of one person are equivalent to m^θ independent chances of a false match. */
  independence: number;
  /** Quantiles of the embeddings' lengths in the reference set, evenly spaced, from the shortest to the longest. */
  norms: readonly number[];
}

/** Error rates with this squared distance as the threshold, and the FMR's 95 % confidence interval. All rates are in [0, 1]. */
export interface CurvePoint {
  distance: number;
  fmr: number;
  fmrLow: number;
  fmrHigh: number;
  fnmr: number;
}

/** Below the curve, the FMR falls exponentially: FMR(d) = FMR(d₀)·exp(rate·(d − d₀)). d₀ is the first point's distance. */
interface Tail {
  /** Per unit of squared distance. */
  rate: number;
}

const calibrations: Readonly<Record<string, Calibration>> = {
  "faceplugin-512": faceplugin512,
  "mobilefacenet-192": mobilefacenet192,
};

export function calibrationOf(modelId: string): Calibration {
  const calibration = calibrations[modelId];
  if (!calibration) throw new RangeError(`There is no calibration for ${modelId}.`);
  return calibration;
}
