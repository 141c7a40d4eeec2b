import { type Calibration, fmrAt, type OperatingPoint, thresholdAt } from "./calibration.ts";
import { type SquaredDistance, squaredDistanceOf } from "./distance.ts";
import { type Fmr, type Fpir, fmrOf, fpirOf, ofAny, shareOf } from "./rates.ts";

/** One false match in ten thousand verifications of somebody else. */
export const DEFAULT_TARGET_FMR = fmrOf(1e-4);
/** One stranger in a hundred is taken for somebody. */
export const DEFAULT_TARGET_FPIR = fpirOf(0.01);

/** `fmr` is the chance that somebody else comes as near to the reference as this. */
export interface Verification {
  decision: "match" | "noMatch";
  distance: SquaredDistance;
  threshold: SquaredDistance;
  fmr: Fmr;
}

/**
 * One to one: the nearest of a subject's templates decides, so that several templates are several chances of a false match,
 * among which the rate asked for is shared. At least one distance.
 */
export function verify(
  distances: readonly SquaredDistance[],
  at: OperatingPoint,
  calibration: Calibration,
): Verification {
  if (distances.length === 0) throw new RangeError("There is no distance to decide on.");
  const chances = independentComparisons({ subjects: 1, templates: distances.length }, calibration);
  const distance = squaredDistanceOf(Math.min(...distances));
  const each = "distance" in at ? at : { targetFmr: shareOf(at.targetFmr, chances) };
  const threshold = thresholdAt(each, calibration);
  const decision = distance <= threshold ? "match" : "noMatch";
  return { decision, distance, threshold, fmr: fmrOf(ofAny(fmrAt(distance, calibration), chances)) };
}

/**
 * Whether a new photograph may be of the person whose templates are at these distances from it. This is {@link verify}'s decision,
 * because enrollment must not be looser: a face that joins a subject verifies as that subject from then on.
 */
export function compareWithSubject(
  distances: readonly SquaredDistance[],
  targetFmr: Fmr,
  calibration: Calibration,
): { samePerson: boolean; distance: SquaredDistance; threshold: SquaredDistance } {
  const { decision, distance, threshold } = verify(distances, { targetFmr }, calibration);
  return { samePerson: decision === "match", distance, threshold };
}

/** A template near a probe. */
export interface Candidate {
  subjectId: string;
  templateId: string;
  distance: SquaredDistance;
}

/** What a probe is compared with. */
export interface GallerySize {
  subjects: number;
  templates: number;
}

/** `fpir` is the chance that a stranger finds somebody in this gallery who is as near as this candidate. */
export type RatedCandidate = Candidate & { fpir: Fpir };

type Identified = {
  outcome: "identified";
  candidates: RatedCandidate[];
  threshold: SquaredDistance;
};
type Nobody = { outcome: "nobody"; threshold: SquaredDistance };
export type Identification = Identified | Nobody;

/**
 * One to many: which of the candidates (nearest first) are near enough, if any. A stranger has a chance of a false match with
 * every subject, so that each comparison gets only its share of the rate asked for.
 */
export function identify(
  candidates: readonly Candidate[],
  gallery: GallerySize,
  targetFpir: Fpir,
  calibration: Calibration,
): Identification {
  const chances = independentComparisons(gallery, calibration);
  const threshold = thresholdAt({ targetFmr: shareOf(targetFpir, chances) }, calibration);
  const near = within(candidates, threshold, chances, calibration);
  return near.length > 0 ? { outcome: "identified", candidates: near, threshold } : { outcome: "nobody", threshold };
}

/**
 * Which of the candidates (nearest first) a one-to-one comparison would take for the probe's person. Unlike in {@link identify}
 * the threshold does not tighten with the size of the gallery: each candidate gets the whole rate, as one template.
 */
export function lookalikes(
  candidates: readonly Candidate[],
  gallery: GallerySize,
  targetFmr: Fmr,
  calibration: Calibration,
): RatedCandidate[] {
  const chances = independentComparisons(gallery, calibration);
  return within(candidates, thresholdAt({ targetFmr }, calibration), chances, calibration);
}

function within(
  candidates: readonly Candidate[],
  threshold: SquaredDistance,
  chances: number,
  calibration: Calibration,
): RatedCandidate[] {
  return candidates
    .filter(({ distance }) => distance <= threshold)
    .map((candidate) => ({ ...candidate, fpir: fpirOf(ofAny(fmrAt(candidate.distance, calibration), chances)) }));
}

/**
 * How many independent comparisons a probe has with a gallery, which need not be whole: S·(T/S)^θ of S subjects with T
 * templates, θ in [0, 1] as calibrated. Templates of one subject resemble each other, so that somebody who is far from one is
 * likelier to be far from the next. Strangers differ, too: some resemble many people. By Jensen's inequality that makes what this
 * predicts an upper bound, which comes near: calibrated on half of LFW's people and tried on the other half, FPIRs of 1, 5, 10
 * and 30 % asked for were 1.2, 5.1, 9.1 and 27.6 %.
 */
export function independentComparisons({ subjects, templates }: GallerySize, { independence }: Calibration): number {
  return subjects === 0 ? 0 : subjects * (templates / subjects) ** independence;
}
