import { type Calibration, fmrAt, type OperatingPoint, thresholdAt } from "./calibration.ts";
import { type SquaredDistance, squaredDistanceOf } from "./distance.ts";
import { type Fmr, type Fpir, fmrOf, fpirAt, fpirOf, shareOf } from "./rates.ts";

/** One false match in ten thousand comparisons of two people. */
export const DEFAULT_TARGET_FMR = fmrOf(1e-4);
/** One stranger in a hundred is taken for somebody. */
export const DEFAULT_TARGET_FPIR = fpirOf(0.01);

/** `fmr` is the false match rate at the distance itself: how surprising this pair would be if it were two people. */
export interface Verification {
  decision: "match" | "noMatch";
  distance: SquaredDistance;
  threshold: SquaredDistance;
  fmr: Fmr;
}

/** One to one: the nearest of a subject's templates decides. At least one distance. */
export function verify(
  distances: readonly SquaredDistance[],
  at: OperatingPoint,
  calibration: Calibration,
): Verification {
  if (distances.length === 0) throw new RangeError("There is no distance to decide on.");
  const distance = squaredDistanceOf(Math.min(...distances));
  const threshold = thresholdAt(at, calibration);
  const decision = distance <= threshold ? "match" : "noMatch";
  return { decision, distance, threshold, fmr: fmrAt(distance, calibration) };
}

/** A template near a probe. */
export interface Candidate {
  subjectId: string;
  templateId: string;
  distance: SquaredDistance;
}

/** `fpir` is the chance that a stranger finds somebody in this gallery who is as near as this candidate. */
export type Identified = {
  outcome: "identified";
  candidates: (Candidate & { fpir: Fpir })[];
  threshold: SquaredDistance;
};
export type Nobody = { outcome: "nobody"; threshold: SquaredDistance };
export type Identification = Identified | Nobody;

/**
 * One to many: which of the candidates (nearest first) are near enough in a gallery of `gallerySize` templates, if any. A
 * stranger has that many chances of a false match, so each comparison gets only its share of the rate asked for.
 */
export function identify(
  candidates: readonly Candidate[],
  gallerySize: number,
  targetFpir: Fpir,
  calibration: Calibration,
): Identification {
  const threshold = thresholdAt({ targetFmr: shareOf(targetFpir, gallerySize) }, calibration);
  const near = candidates
    .filter(({ distance }) => distance <= threshold)
    .map((candidate) => ({ ...candidate, fpir: fpirAt(fmrAt(candidate.distance, calibration), gallerySize) }));
  return near.length > 0 ? { outcome: "identified", candidates: near, threshold } : { outcome: "nobody", threshold };
}
