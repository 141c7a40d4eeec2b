import { createIndex } from "../../workers/gallery/kernel.ts";
import type { Calibration } from "../../workers/matching/calibration.ts";
import { type GallerySize, identify, independentComparisons } from "../../workers/matching/decide.ts";
import type { SquaredDistance } from "../../workers/matching/distance.ts";
import { fpirOf } from "../../workers/matching/rates.ts";
import type { FaceTemplate } from "../../workers/matching/template.ts";
import type { People } from "./dataset.ts";
import { type Rate, rateOf } from "./verification.ts";

/** Target false positive identification rates. */
const TARGETS = [0.01, 0.05, 0.1, 0.3].map(fpirOf);
const CANDIDATES = 5;

export interface IdentificationReport {
  /** A description of which pictures were enrolled. */
  enrolled: string;
  size: GallerySize;
  /** The number of independent comparisons to which the gallery is equivalent. */
  independentComparisons: number;
  /** Probes of enrolled people whose nearest subject is the right one, at any distance. */
  rank1: Rate;
  rates: {
    targetFpir: number;
    threshold: SquaredDistance;
    /** Strangers who were identified as an enrolled person. */
    fpir: Rate;
    /** Whether the target rate is in the measured rate's confidence interval. */
    asAsked: boolean;
    /** Probes of enrolled people that were identified with the right person first. */
    tpir: Rate;
  }[];
}

/** The number of pictures to enroll for each person: one, or all except one. */
const PROTOCOLS = [
  { enrolled: "one picture a person", count: () => 1 },
  { enrolled: "all pictures except one a person", count: (pictures: number) => pictures - 1 },
];

/** Evaluates identification (1:N) with the product's kernel and decision. The first pictures are enrolled, the others are probes. */
export function evaluateIdentification(
  { enrolled, strangers }: People,
  templates: ReadonlyMap<string, FaceTemplate>,
  calibration: Calibration,
  kernel: WebAssembly.Module,
): IdentificationReport[] {
  const known = (paths: readonly string[]) => paths.flatMap((path) => templates.get(path) ?? []);
  const people = enrolled.map(known).filter(({ length }) => length > 1);
  return PROTOCOLS.map(({ enrolled, count }) => {
    const gallery = people.map((faces) => faces.slice(0, count(faces.length)));
    const search = createSearch(gallery, kernel);
    const probes = people.flatMap((faces, subject) =>
      search(faces.slice(count(faces.length))).map((candidates) => ({ subject: String(subject), candidates })),
    );
    const strangerResults = search(known(strangers));
    const size = { subjects: gallery.length, templates: gallery.flat().length };
    return {
      enrolled,
      size,
      independentComparisons: independentComparisons(size, calibration),
      rank1: rateOf(
        probes.filter(({ subject, candidates }) => candidates[0]?.subjectId === subject).length,
        probes.length,
      ),
      rates: TARGETS.map((targetFpir) => {
        const decide = (candidates: (typeof strangerResults)[number]) =>
          identify(candidates, size, targetFpir, calibration);
        const falsePositives = strangerResults.filter((candidates) => decide(candidates).outcome === "identified");
        const truePositives = probes.filter(({ subject, candidates }) => {
          const decision = decide(candidates);
          return decision.outcome === "identified" && decision.candidates[0]?.subjectId === subject;
        });
        const fpir = rateOf(falsePositives.length, strangerResults.length);
        return {
          targetFpir,
          threshold: decide([]).threshold,
          fpir,
          asAsked: fpir.low <= targetFpir && targetFpir <= fpir.high,
          tpir: rateOf(truePositives.length, probes.length),
        };
      }),
    };
  });
}

/** Enrolls each subject's templates. Returns a search for the nearest subjects, as in the gallery. */
function createSearch(gallery: readonly FaceTemplate[][], kernel: WebAssembly.Module) {
  const dimension = gallery[0]?.[0]?.vector.length ?? 0;
  const index = createIndex(kernel, dimension);
  const subjects: string[] = [];
  for (const [subject, faces] of gallery.entries()) {
    for (const { vector, scale } of faces) {
      index.add(vector, scale);
      subjects.push(String(subject));
    }
  }
  return (probes: readonly FaceTemplate[]) =>
    index.search(probes, CANDIDATES, { group: (position) => subjects[position]! }).map((nearest) =>
      nearest.map(({ position, distance }) => ({
        subjectId: subjects[position]!,
        templateId: String(position),
        distance,
      })),
    );
}
