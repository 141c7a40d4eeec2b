import type { Calibration } from "../../workers/matching/calibration.ts";
import { compareWithSubject, DEFAULT_TARGET_FMR } from "../../workers/matching/decide.ts";
import { squaredDistance } from "../../workers/matching/distance.ts";
import type { FaceTemplate } from "../../workers/matching/template.ts";
import type { LabeledPair } from "./dataset.ts";
import { type Rate, rateOf } from "./verification.ts";

/** The outcomes of `enroll` with default options, for a subject that has templates. */
export interface EnrollmentReport {
  targetFmr: number;
  /** Second photographs of the same person that are refused as DifferentPerson. */
  genuineRefused: Rate;
  /** Photographs of another person that are added. */
  strangersAdded: Rate;
  /** Further photographs that are refused if each person's photographs are enrolled one after the other. Only if people were read. */
  seriesRefused?: Rate;
}

/**
 * Evaluates the product's enrollment decision. `accepted`: the templates of pictures in which `enroll` reads one face; it refuses
 * other pictures before it compares. `people`: each person's pictures, in enrollment order.
 */
export function evaluateEnrollment(
  pairs: readonly LabeledPair[],
  people: readonly (readonly string[])[] | undefined,
  accepted: ReadonlyMap<string, FaceTemplate>,
  calibration: Calibration,
): EnrollmentReport {
  const isSamePerson = (face: FaceTemplate, templates: readonly FaceTemplate[]) => {
    const distances = templates.map((template) => squaredDistance(template, face));
    return compareWithSubject(distances, DEFAULT_TARGET_FMR, calibration).isSamePerson;
  };
  const compared = pairs.flatMap(({ a, b, same }) => {
    const [first, second] = [accepted.get(a), accepted.get(b)];
    return first && second ? [{ same, isAccepted: isSamePerson(second, [first]) }] : [];
  });
  const share = (same: boolean, isAccepted: boolean) => {
    const kind = compared.filter((pair) => pair.same === same);
    return rateOf(kind.filter((pair) => pair.isAccepted === isAccepted).length, kind.length);
  };
  return {
    targetFmr: DEFAULT_TARGET_FMR,
    genuineRefused: share(true, false),
    strangersAdded: share(false, true),
    ...(people && { seriesRefused: seriesRefused(people, accepted, isSamePerson) }),
  };
}

function seriesRefused(
  people: readonly (readonly string[])[],
  accepted: ReadonlyMap<string, FaceTemplate>,
  isSamePerson: (face: FaceTemplate, templates: readonly FaceTemplate[]) => boolean,
): Rate {
  let [refused, of] = [0, 0];
  for (const paths of people) {
    const [first, ...further] = paths.flatMap((path) => accepted.get(path) ?? []);
    const enrolled = first ? [first] : [];
    for (const face of further) {
      of++;
      if (isSamePerson(face, enrolled)) enrolled.push(face);
      else refused++;
    }
  }
  return rateOf(refused, of);
}
