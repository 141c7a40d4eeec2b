import type { Calibration } from "../../workers/matching/calibration.ts";
import type { EnrollmentReport } from "./enrollment.ts";
import type { IdentificationReport } from "./identification.ts";
import type { Rate, VerificationReport } from "./verification.ts";

/** The outcomes of the pictures. */
export interface PicturesReport {
  pictures: number;
  found: number;
  foundShare: number;
  noFace: number;
  /** Pictures that could not be decoded. */
  badImages: number;
  /** Pictures that the API would refuse as ManyFaces or PoorQuality. The evaluation uses their most prominent face. */
  manyFaces: number;
  poorQuality: number;
}

export interface EvaluationReport extends VerificationReport {
  embedder: string;
  pictures: PicturesReport;
  enrollment: EnrollmentReport;
  identification?: IdentificationReport[];
  calibration?: Calibration;
}

/** Formats the report for a terminal. */
export function describe(report: EvaluationReport): string {
  const { pictures, atDefault, calibration } = report;
  const lines = [
    `embedder    ${report.embedder}`,
    `pictures    ${pictures.pictures}, a face found in ${pictures.found} (${percent(pictures.foundShare)}); ` +
      `${pictures.noFace} without a face, ${pictures.badImages} unreadable`,
    `            the API would refuse ${pictures.manyFaces} as ManyFaces, ${pictures.poorQuality} as PoorQuality; they are included here`,
    "",
    `one to one  ${report.genuinePairs} genuine pairs, ${report.impostorPairs} impostor pairs`,
    `accuracy    ${percent(report.accuracy)} ± ${percent(report.accuracyStandardError)} (10 folds, standard error)`,
    `EER         ${percent(report.eer)} at d² ${report.eerThreshold.toFixed(3)} (FMR ${percent(report.eerFmr)}, FNMR ${percent(report.eerFnmr)})`,
    ...report.tar.map(({ far, tar }) => `TAR         ${percent(tar)} at FAR ${far}`),
    ...report.calibrated.map(
      ({ targetFmr, threshold, fnmr, extrapolated }) =>
        `calibrated  FMR ${targetFmr} at d² ≤ ${threshold.toFixed(3)}, FNMR ${percent(fnmr)}${extrapolated ? " (extrapolated)" : ""}`,
    ),
    `default     target FMR ${atDefault.targetFmr}, d² ≤ ${atDefault.threshold.toFixed(3)}: FMR ${interval(atDefault.fmr)}, FNMR ${interval(atDefault.fnmr)}`,
    ...describeEnrollment(report.enrollment),
    ...(report.identification ?? []).flatMap(describeIdentification),
  ];
  if (calibration) {
    const first = calibration.curve[0];
    lines.push(
      "",
      `calibration of ${calibration.people} people: ${calibration.impostorPairs} impostor and ${calibration.genuinePairs} genuine pairs`,
      `            ${calibration.curve.length} points from FMR ${first?.fmr} at d² ${first?.distance}; below it, FMR falls by e^${calibration.tail.rate} a unit of d²`,
      `            m templates of one person count as m^${calibration.independence}`,
    );
  }
  return lines.join("\n");
}

function describeEnrollment({ targetFmr, genuineRefused, strangersAdded, seriesRefused }: EnrollmentReport): string[] {
  return [
    "",
    `enrollment  into a subject with one template, target FMR ${targetFmr}:`,
    `            ${interval(genuineRefused)} of ${genuineRefused.of} second pictures of a person are refused as DifferentPerson,`,
    `            ${interval(strangersAdded)} of ${strangersAdded.of} pictures of another person are added`,
    ...(seriesRefused
      ? [
          `            ${interval(seriesRefused)} of ${seriesRefused.of} further pictures are refused if each person's pictures are enrolled one after the other`,
        ]
      : []),
  ];
}

function describeIdentification({
  enrolled,
  size,
  independentComparisons,
  rank1,
  rates,
}: IdentificationReport): string[] {
  return [
    "",
    `one to many ${enrolled}: ${size.templates} templates of ${size.subjects} people, equivalent to ${Math.round(independentComparisons)} independent comparisons`,
    `rank 1      ${interval(rank1)} of ${rank1.of} probes`,
    ...rates.map(
      ({ targetFpir, threshold, fpir, asAsked, tpir }) =>
        `target FPIR ${targetFpir}, d² ≤ ${threshold.toFixed(3)}: measured ${interval(fpir)} of ${fpir.of} strangers` +
        `${asAsked ? "" : fpir.rate < targetFpir ? ", BELOW TARGET" : ", ABOVE TARGET"}; identified ${percent(tpir.rate)}`,
    ),
  ];
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const interval = ({ rate, low, high }: Rate) => `${percent(rate)} (${percent(low)}–${percent(high)})`;
