import { calibrationOf } from "../../models/calibration.ts";
import type {
  Added,
  Admission,
  Collection,
  Gallery,
  Lookalike,
  StoredTemplate,
  Subject,
  SubjectReference,
  TemplateRecord,
} from "../gallery/gallery.ts";
import { compareWithSubject, lookalikes } from "../matching/decide.ts";
import { type SquaredDistance, squaredDistance, squaredDistanceOf } from "../matching/distance.ts";
import type { Fmr, Fpir } from "../matching/rates.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { type IdempotencyKey, idempotencyKey } from "../platform/idempotency.ts";
import {
  type Conflict,
  conflict,
  keyReused,
  type ModelMismatch,
  modelMismatch,
  type NotFound,
  notFound,
} from "../platform/outcomes.ts";
import { type BadImage, isBadImage, type Picture } from "../platform/picture.ts";
import type { Stages } from "../vision/stages.ts";
import type { Face, ManyFaces, NoFace, PoorQuality, Vision } from "../vision/vision.ts";

/** The longest list of lookalikes; the contract says the same. */
const MAX_LOOKALIKES = 5;

export interface EnrollRequest {
  collectionId: string;
  image: Picture;
  subject: SubjectReference;
  /** In [0, 1]. */
  minimumQuality?: number;
  /** At which a face counts as the subject's, and another subject as a lookalike. */
  targetFmr: Fmr;
  /** Add the face even where it is not the subject's. */
  allowDifferent: boolean;
  /** Whether the answer says who else is this near. */
  nameLookalikes: boolean;
  /** Do not add a face that is this near to another subject. */
  refuseLookalikes: boolean;
  idempotencyKey?: string;
}

/** Another subject that the new face is near to. */
interface NamedLookalike {
  subject: Subject;
  distance: SquaredDistance;
  fpir: Fpir;
}

export interface Enrolled {
  kind: "enrolled";
  subject: Subject;
  template: TemplateRecord;
  face: Face;
  /** Whether the subject was created by this enrollment. */
  created: boolean;
  /** Nearest first. Undefined unless they were asked for. */
  lookalikes?: NamedLookalike[];
}

/** The face is not the subject's: nothing was added. */
export interface DifferentPerson {
  kind: "differentPerson";
  message: string;
  subjectId: string;
  /** To the nearest of the subject's templates. */
  distance: SquaredDistance;
  threshold: SquaredDistance;
}

/** Other subjects are as near as the subject's own face would have to be: nothing was added. */
export interface LooksLikeOthers {
  kind: "looksLikeOthers";
  message: string;
  /** Nearest first, at least one. */
  lookalikes: NamedLookalike[];
}

export type EnrollOutcome =
  | Enrolled
  | DifferentPerson
  | LooksLikeOthers
  | NoFace
  | ManyFaces
  | PoorQuality
  | BadImage
  | NotFound
  | Conflict
  | ModelMismatch;

interface Tools {
  vision: Vision;
  gallery: Gallery;
  stages?: Stages;
}

/** What is kept under an idempotency key: enough to give the same answer again. */
interface Remembered extends Omit<Added, "kind"> {
  face: Face;
}

/**
 * Adds one template to a subject, or creates the subject. One photograph is enough (one-shot); more make it surer. A face that
 * is not the subject's is refused.
 */
export async function enroll(request: EnrollRequest, tools: Tools): Promise<EnrollOutcome> {
  const { vision, gallery, stages } = tools;
  const key = request.idempotencyKey === undefined ? undefined : await keyOf(request, request.idempotencyKey);
  const earlier = key && (await replay(request, key, gallery));
  if (earlier) return earlier;

  const collection = await gallery.collection(request.collectionId);
  if (!collection) return notFound("collection", request.collectionId);
  const model = collection.modelId;
  if (!vision.embedders.has(model)) return modelMismatch(model, vision.defaultEmbedder);

  const bytes = await request.image.read();
  if (isBadImage(bytes)) return bytes;
  const reading = await vision.readOneFace(bytes, { model, minimumQuality: request.minimumQuality, stages });
  if (reading.kind !== "face") return reading;

  const { face, template } = reading;
  const admit = admission(request, template, gallery);
  const remember = key && { key, outcome: ({ kind: _, ...added }: Added): Remembered => ({ ...added, face }) };
  const added = await gallery.addTemplate(collection, request.subject, template, face.quality, admit, remember);
  switch (added.kind) {
    case "added":
      return answer(request, { ...added, face }, gallery);
    case "refused":
      return added.outcome;
    case "repeated":
      return enroll(request, tools);
    default:
      return added;
  }
}

const keyOf = async (request: EnrollRequest, key: string): Promise<IdempotencyKey> =>
  idempotencyKey(key, "enroll", [
    request.collectionId,
    await request.image.fingerprint(),
    request.subject.id ?? null,
    request.subject.externalId ?? null,
    request.subject.name ?? null,
    request.minimumQuality ?? null,
    request.targetFmr,
    request.allowDifferent,
    request.refuseLookalikes,
  ]);

type Refusal = DifferentPerson | LooksLikeOthers | ModelMismatch;

/** Decides on a template by the subject's own templates and, where that is asked for, by the collection's other subjects. */
const admission =
  (request: EnrollRequest, template: FaceTemplate, gallery: Gallery): Admission<Refusal> =>
  async ({ collection, subjectId, templates }) => {
    const foreign = templates.find(({ modelId }) => modelId !== template.modelId);
    if (foreign) return refused(modelMismatch(foreign.modelId, template.modelId));
    const own = request.allowDifferent ? undefined : compare(request, template, templates);
    if (own && !own.samePerson) return refused(differentPerson(subjectId, own));
    // Null: the subject must still be without templates when this one is written, so that of two first faces one is compared.
    const nearest = request.allowDifferent ? undefined : (own?.nearest.id ?? null);
    if (!request.nameLookalikes && !request.refuseLookalikes) return { kind: "admitted", nearest };

    const near = await findLookalikes(request, template, subjectId, collection, gallery);
    if (!request.refuseLookalikes) return { kind: "admitted", nearest, lookalikes: near };
    const named = await withSubjects(near, collection.id, gallery);
    if (named.length > 0) return refused(looksLikeOthers(named));
    return { kind: "admitted", nearest, head: collection.head, lookalikes: [] };
  };

const refused = (outcome: Refusal) => ({ kind: "refused" as const, outcome });

/** Compares with the subject's templates; undefined where it has none. */
function compare({ targetFmr }: EnrollRequest, template: FaceTemplate, templates: readonly StoredTemplate[]) {
  const distances = templates.map((other) => squaredDistance(other, template));
  const nearest = templates[distances.indexOf(squaredDistanceOf(Math.min(...distances)))];
  return nearest && { nearest, ...compareWithSubject(distances, targetFmr, calibrationOf(template.modelId)) };
}

async function findLookalikes(
  { targetFmr }: EnrollRequest,
  template: FaceTemplate,
  subjectId: string,
  collection: Collection,
  gallery: Gallery,
): Promise<Lookalike[]> {
  // One more, because the subject itself may be among them.
  const { size, nearest } = await gallery.search(collection, [template], MAX_LOOKALIKES + 1);
  const others = (nearest[0] ?? []).filter((candidate) => candidate.subjectId !== subjectId).slice(0, MAX_LOOKALIKES);
  return lookalikes(others, size, targetFmr, calibrationOf(template.modelId)).map(({ subjectId, distance, fpir }) => ({
    subjectId,
    distance,
    fpir,
  }));
}

/** A lookalike that was deleted since it was found is left out. */
async function withSubjects(
  near: readonly Lookalike[],
  collectionId: string,
  gallery: Gallery,
): Promise<NamedLookalike[]> {
  if (near.length === 0) return [];
  const subjects = await gallery.subjectsById(near.map(({ subjectId }) => subjectId));
  return near.flatMap(({ subjectId, distance, fpir }) => {
    const subject = subjects.get(subjectId);
    return subject?.collectionId === collectionId ? [{ subject, distance, fpir }] : [];
  });
}

const differentPerson = (
  subjectId: string,
  { distance, threshold }: { distance: SquaredDistance; threshold: SquaredDistance },
): DifferentPerson => ({
  kind: "differentPerson",
  subjectId,
  distance,
  threshold,
  message:
    `This is not the subject's face: its distance from the nearest template is ${distance.toFixed(3)}, and at most ` +
    `${threshold.toFixed(3)} is allowed. Check the picture and the id. A key with MANAGE can add the face with allowDifferent.`,
});

const looksLikeOthers = (lookalikes: NamedLookalike[]): LooksLikeOthers => ({
  kind: "looksLikeOthers",
  lookalikes,
  message:
    "Another subject of the collection has a face this near. It may be the same person: add the picture to that subject, or " +
    "enroll without refuseLookalikes.",
});

/** The answer that an earlier request with this key was given; undefined where there was none. */
async function replay(
  request: EnrollRequest,
  key: IdempotencyKey,
  gallery: Gallery,
): Promise<EnrollOutcome | undefined> {
  const earlier = await gallery.earlier<Remembered>(key);
  if (earlier === "conflict") return keyReused();
  return earlier && answer(request, earlier.outcome, gallery);
}

async function answer(
  request: EnrollRequest,
  { subjectId, templateId, created, face, lookalikes }: Remembered,
  gallery: Gallery,
): Promise<EnrollOutcome> {
  const stored = await readStored(subjectId, templateId, gallery);
  if (!stored) {
    return conflict("What this enrollment made was deleted since. To enroll again, use a new idempotency key.");
  }
  const { subject, template } = stored;
  const enrolled: Enrolled = { kind: "enrolled", subject, template, face, created };
  if (!request.nameLookalikes) return enrolled;
  const near = lookalikes ?? (await lookalikesNow(request, subject, templateId, gallery));
  return { ...enrolled, lookalikes: await withSubjects(near, subject.collectionId, gallery) };
}

/** Readings of a template and its subject: each one more follows a merge of that subject during the one before. */
const READINGS = 5;

/** A template and its subject, which is another one than it was enrolled for where the two were merged since. */
async function readStored(subjectId: string, templateId: string, gallery: Gallery) {
  for (let reading = 1, id = subjectId; reading <= READINGS; reading++) {
    const [subject, template] = await Promise.all([gallery.subject(id), gallery.template(templateId)]);
    if (!template) return undefined;
    if (subject && template.subjectId === id) return { subject, template };
    id = template.subjectId;
  }
  return undefined;
}

/** For a repeated request that asks for lookalikes when the first one did not: those of the stored template. */
async function lookalikesNow(
  request: EnrollRequest,
  { id, collectionId }: Subject,
  templateId: string,
  gallery: Gallery,
): Promise<Lookalike[]> {
  const [collection, reference] = await Promise.all([gallery.collection(collectionId), gallery.reference({ id })]);
  const stored = reference.kind === "reference" ? reference.templates.find((one) => one.id === templateId) : undefined;
  return collection && stored ? findLookalikes(request, stored, id, collection, gallery) : [];
}
