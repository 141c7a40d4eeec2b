import faceplugin512 from "./calibration/faceplugin-512.json" with { type: "json" };
import mobilefacenet192 from "./calibration/mobilefacenet-192.json" with { type: "json" };

/** What an embedder's distances mean: error rates measured over many pairs. `npm run eval -- --write-calibration` writes it. */
export interface Calibration {
  /** The embedder's catalog id. */
  modelId: string;
  /** What it was measured on. */
  dataset: string;
  /** What measures it again. */
  command: string;
  /** How many people are in it. Each has the same weight, however many pictures there are of them. */
  people: number;
  /** Pairs of pictures of one person; they give the FNMR. */
  genuinePairs: number;
  /** Pairs of pictures of two people; they give the FMR. */
  impostorPairs: number;
  /** Rising distances, at each of which the FMR is strictly higher than before. The first is the lowest with enough pairs. */
  curve: readonly CurvePoint[];
  /** What holds below the first point of the curve. */
  tail: Tail;
  /** θ in [0, 1]: m templates of one person are worth m^θ independent chances of a false match. */
  independence: number;
  /** Lengths of the reference set's embeddings at evenly spaced shares of it, from the shortest to the longest. */
  norms: readonly number[];
}

/** Error rates when a squared distance is the threshold; the FMR with its 95 % confidence interval. All in [0, 1]. */
export interface CurvePoint {
  distance: number;
  fmr: number;
  fmrLow: number;
  fmrHigh: number;
  fnmr: number;
}

/** Below the curve the FMR falls exponentially: FMR(d) = FMR(d₀)·exp(rate·(d − d₀)), d₀ the first point of the curve. */
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
