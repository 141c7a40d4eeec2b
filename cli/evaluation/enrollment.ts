import type { Calibration } from "../../workers/matching/calibration.ts";
import { compareWithSubject, DEFAULT_TARGET_FMR } from "../../workers/matching/decide.ts";
import { squaredDistance } from "../../workers/matching/distance.ts";
import type { FaceTemplate } from "../../workers/matching/template.ts";
import type { LabelledPair } from "./dataset.ts";
import { type Rate, rateOf } from "./verification.ts";

/** What `enroll` does with a picture for a subject that has templates, when nothing is asked for. */
export interface EnrollmentReport {
  targetFmr: number;
  /** Second photographs of the person that are refused as DifferentPerson. */
  genuineRefused: Rate;
  /** Photographs of somebody else that are added. */
  strangersAdded: Rate;
  /** Further photographs that are refused when each person's are enrolled one after the other. Only where people were read. */
  seriesRefused?: Rate;
}

/**
 * Enrollment by the product's decision. `accepted`: the templates of the pictures in which `enroll` reads one face; the others it
 * refuses before it compares. `people`: their pictures, in the order in which they are enrolled.
 */
export function evaluateEnrollment(
  pairs: readonly LabelledPair[],
  people: readonly (readonly string[])[] | undefined,
  accepted: ReadonlyMap<string, FaceTemplate>,
  calibration: Calibration,
): EnrollmentReport {
  const joins = (face: FaceTemplate, templates: readonly FaceTemplate[]) => {
    const distances = templates.map((template) => squaredDistance(template, face));
    return compareWithSubject(distances, DEFAULT_TARGET_FMR, calibration).isSamePerson;
  };
  const compared = pairs.flatMap(({ a, b, same }) => {
    const [first, second] = [accepted.get(a), accepted.get(b)];
    return first && second ? [{ same, joins: joins(second, [first]) }] : [];
  });
  const share = (same: boolean, joined: boolean) => {
    const kind = compared.filter((pair) => pair.same === same);
    return rateOf(kind.filter((pair) => pair.joins === joined).length, kind.length);
  };
  return {
    targetFmr: DEFAULT_TARGET_FMR,
    genuineRefused: share(true, false),
    strangersAdded: share(false, true),
    ...(people && { seriesRefused: seriesRefused(people, accepted, joins) }),
  };
}

function seriesRefused(
  people: readonly (readonly string[])[],
  accepted: ReadonlyMap<string, FaceTemplate>,
  joins: (face: FaceTemplate, templates: readonly FaceTemplate[]) => boolean,
): Rate {
  let [refused, of] = [0, 0];
  for (const paths of people) {
    const [first, ...further] = paths.flatMap((path) => accepted.get(path) ?? []);
    const enrolled = first ? [first] : [];
    for (const face of further) {
      of++;
      if (joins(face, enrolled)) enrolled.push(face);
      else refused++;
    }
  }
  return rateOf(refused, of);
}
