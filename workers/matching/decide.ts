import { type Calibration, fmrAt, type OperatingPoint, thresholdAt } from "./calibration.ts";
import { type SquaredDistance, squaredDistanceOf } from "./distance.ts";
import { anyFalseMatchRate, type Fmr, type Fpir, fmrOf, fmrPerComparison, fpirOf } from "./rates.ts";

/** One false match in 10,000 verifications of another person. */
export const DEFAULT_TARGET_FMR = fmrOf(1e-4);
/** One of 100 people who are not in the collection is identified as someone in it. */
export const DEFAULT_TARGET_FPIR = fpirOf(0.01);

/** `fmr` is the probability that another person's face is at least this near to the reference. */
export interface Verification {
  decision: "match" | "noMatch";
  distance: SquaredDistance;
  threshold: SquaredDistance;
  fmr: Fmr;
}

/**
 * Decides whether a probe matches a subject (1:1), given its distances to the subject's templates (at least one). The nearest template
 * decides. Several templates are several chances of a false match, so the target FMR is divided among them.
 */
export function verify(
  distances: readonly SquaredDistance[],
  at: OperatingPoint,
  calibration: Calibration,
): Verification {
  if (distances.length === 0) throw new RangeError("A decision needs at least one distance.");
  const comparisons = independentComparisons({ subjects: 1, templates: distances.length }, calibration);
  const distance = squaredDistanceOf(Math.min(...distances));
  const point = "distance" in at ? at : { targetFmr: fmrPerComparison(at.targetFmr, comparisons) };
  const threshold = thresholdAt(point, calibration);
  const decision = distance <= threshold ? "match" : "noMatch";
  return { decision, distance, threshold, fmr: fmrOf(anyFalseMatchRate(fmrAt(distance, calibration), comparisons)) };
}

/**
 * Decides whether a new photograph shows the person whose templates have these distances from it. The decision is that of {@link verify}.
 * Enrollment must not be more permissive, because a face that is added to a subject verifies as that subject from then on.
 */
export function compareWithSubject(
  distances: readonly SquaredDistance[],
  targetFmr: Fmr,
  calibration: Calibration,
): { isSamePerson: boolean; distance: SquaredDistance; threshold: SquaredDistance } {
  const { decision, distance, threshold } = verify(distances, { targetFmr }, calibration);
  return { isSamePerson: decision === "match", distance, threshold };
}

/** A template near a probe. */
export interface Candidate {
  subjectId: string;
  templateId: string;
  distance: SquaredDistance;
}

/** The numbers of subjects and templates that a probe is compared with. */
export interface GallerySize {
  subjects: number;
  templates: number;
}

/** `fpir` is the probability that a person who is not in this gallery has a candidate at least this near. */
export type RatedCandidate = Candidate & { fpir: Fpir };

type Identified = {
  outcome: "identified";
  candidates: RatedCandidate[];
  threshold: SquaredDistance;
};
type Nobody = { outcome: "nobody"; threshold: SquaredDistance };
export type Identification = Identified | Nobody;

/**
 * Selects the candidates (nearest first) that are near enough (1:N). A person who is not in the gallery may falsely match each of its
 * subjects, so each comparison gets only its share of the target FPIR.
 */
export function identify(
  candidates: readonly Candidate[],
  gallery: GallerySize,
  targetFpir: Fpir,
  calibration: Calibration,
): Identification {
  const comparisons = independentComparisons(gallery, calibration);
  const threshold = thresholdAt({ targetFmr: fmrPerComparison(targetFpir, comparisons) }, calibration);
  const near = withinThreshold(candidates, threshold, comparisons, calibration);
  return near.length > 0 ? { outcome: "identified", candidates: near, threshold } : { outcome: "nobody", threshold };
}

/**
 * Selects the candidates (nearest first) that a 1:1 comparison with a single template would match. Unlike in {@link identify}, the
 * threshold does not depend on the size of the gallery: each candidate gets the whole target FMR.
 */
export function lookalikes(
  candidates: readonly Candidate[],
  gallery: GallerySize,
  targetFmr: Fmr,
  calibration: Calibration,
): RatedCandidate[] {
  const comparisons = independentComparisons(gallery, calibration);
  return withinThreshold(candidates, thresholdAt({ targetFmr }, calibration), comparisons, calibration);
}

function withinThreshold(
  candidates: readonly Candidate[],
  threshold: SquaredDistance,
  comparisons: number,
  calibration: Calibration,
): RatedCandidate[] {
  return candidates
    .filter(({ distance }) => distance <= threshold)
    .map((candidate) => ({
      ...candidate,
      fpir: fpirOf(anyFalseMatchRate(fmrAt(candidate.distance, calibration), comparisons)),
    }));
}

/**
 * The number of independent comparisons of a probe with a gallery: S·(T/S)^θ for S subjects with T templates, θ in [0, 1] from the
 * calibration. It need not be an integer. Templates of one subject resemble each other, so a probe that is far from one is probably far
 * from the others. Probes differ, too: some people resemble many others. By Jensen's inequality, the predicted FPIR is therefore an
 * upper bound. It is close: calibrated on half of LFW's people and tested on the other half, target FPIRs of 1, 5, 10 and 30 % gave
 * 1.2, 5.1, 9.1 and 27.6 %.
 */
export function independentComparisons({ subjects, templates }: GallerySize, { independence }: Calibration): number {
  return subjects === 0 ? 0 : subjects * (templates / subjects) ** independence;
}
