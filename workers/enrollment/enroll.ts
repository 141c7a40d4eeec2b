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

/** The maximum number of lookalikes in an answer. The GraphQL schema documents the same number. */
const MAX_LOOKALIKES = 5;

export interface EnrollRequest {
  collectionId: string;
  image: Picture;
  subject: SubjectReference;
  /** In [0, 1]. */
  minimumQuality?: number;
  /** The target FMR for both decisions: whether the face is the subject's, and whether another subject is a lookalike. */
  targetFmr: Fmr;
  /** Add the face even if it is not the subject's. */
  allowDifferent: boolean;
  /** Whether the answer includes the lookalikes. */
  nameLookalikes: boolean;
  /** Refuse a face that has a lookalike. */
  refuseLookalikes: boolean;
  idempotencyKey?: string;
}

/** Another subject with a template near the new face. */
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
  /** Nearest first; undefined if the request does not ask for them. */
  lookalikes?: NamedLookalike[];
}

/** The face is not the subject's. Nothing was added. */
export interface DifferentPerson {
  kind: "differentPerson";
  message: string;
  subjectId: string;
  /** The distance to the nearest of the subject's templates. */
  distance: SquaredDistance;
  threshold: SquaredDistance;
}

/** Other subjects are so near that the face may be theirs. Nothing was added. */
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

/** The result that is stored under an idempotency key, from which the same answer can be given again. */
interface StoredResult extends Omit<Added, "kind"> {
  face: Face;
}

/**
 * Adds one template to an existing or a new subject. One photograph per subject is enough (one-shot); more make matches more reliable.
 * A face that is not the subject's is refused unless `allowDifferent` is set.
 */
export async function enroll(request: EnrollRequest, tools: Tools): Promise<EnrollOutcome> {
  const { vision, gallery, stages } = tools;
  const key =
    request.idempotencyKey === undefined ? undefined : await idempotencyKeyOf(request, request.idempotencyKey);
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
  const remember = key && { key, outcome: ({ kind: _, ...added }: Added): StoredResult => ({ ...added, face }) };
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

const idempotencyKeyOf = async (request: EnrollRequest, key: string): Promise<IdempotencyKey> =>
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

/** Decides on a template by comparing it with the subject's templates and, if requested, with the collection's other subjects. */
const admission =
  (request: EnrollRequest, template: FaceTemplate, gallery: Gallery): Admission<Refusal> =>
  async ({ collection, subjectId, templates }) => {
    const otherModel = templates.find(({ modelId }) => modelId !== template.modelId);
    if (otherModel) return refused(modelMismatch(otherModel.modelId, template.modelId));
    const own = request.allowDifferent ? undefined : compare(request, template, templates);
    if (own && !own.isSamePerson) return refused(differentPerson(subjectId, own));
    // null: the subject must still have no template when this one is written. So of two concurrent first faces, one is compared.
    const nearest = request.allowDifferent ? undefined : (own?.nearest.id ?? null);
    if (!request.nameLookalikes && !request.refuseLookalikes) return { kind: "admitted", nearest };

    const near = await findLookalikes(request, template, subjectId, collection, gallery);
    if (!request.refuseLookalikes) return { kind: "admitted", nearest, lookalikes: near };
    const named = await withSubjects(near, collection.id, gallery);
    if (named.length > 0) return refused(looksLikeOthers(named));
    return { kind: "admitted", nearest, head: collection.head, lookalikes: [] };
  };

const refused = (outcome: Refusal) => ({ kind: "refused" as const, outcome });

/** Compares a template with the subject's templates. Returns undefined if the subject has none. */
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
  // Search for one more, because the subject itself may be among the results.
  const { size, nearest } = await gallery.search(collection, [template], MAX_LOOKALIKES + 1);
  const others = (nearest[0] ?? []).filter((candidate) => candidate.subjectId !== subjectId).slice(0, MAX_LOOKALIKES);
  return lookalikes(others, size, targetFmr, calibrationOf(template.modelId)).map(({ subjectId, distance, fpir }) => ({
    subjectId,
    distance,
    fpir,
  }));
}

/** Adds the subjects to lookalikes. Lookalikes that were deleted in the meantime are left out. */
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
    `The face is not the subject's: its distance to the nearest template is ${distance.toFixed(3)}; the limit is ` +
    `${threshold.toFixed(3)}. Check the picture and the id. To add the face anyway, set allowDifferent; this needs the scope MANAGE.`,
});

const looksLikeOthers = (lookalikes: NamedLookalike[]): LooksLikeOthers => ({
  kind: "looksLikeOthers",
  lookalikes,
  message:
    "Another subject of the collection has a very similar face and may be the same person. Add the picture to that subject, or " +
    "enroll without refuseLookalikes.",
});

/** Repeats the answer of an earlier request with this key. Returns undefined if there was none. */
async function replay(
  request: EnrollRequest,
  key: IdempotencyKey,
  gallery: Gallery,
): Promise<EnrollOutcome | undefined> {
  const earlier = await gallery.earlier<StoredResult>(key);
  if (earlier === "conflict") return keyReused();
  return earlier && answer(request, earlier.outcome, gallery);
}

async function answer(
  request: EnrollRequest,
  { subjectId, templateId, created, face, lookalikes }: StoredResult,
  gallery: Gallery,
): Promise<EnrollOutcome> {
  const stored = await readStored(subjectId, templateId, gallery);
  if (!stored) {
    return conflict(
      "The request with this idempotency key succeeded, but its template was deleted afterwards. Use a new key to enroll again.",
    );
  }
  const { subject, template } = stored;
  const enrolled: Enrolled = { kind: "enrolled", subject, template, face, created };
  if (!request.nameLookalikes) return enrolled;
  const near = lookalikes ?? (await findStoredLookalikes(request, subject, templateId, gallery));
  return { ...enrolled, lookalikes: await withSubjects(near, subject.collectionId, gallery) };
}

/** The maximum number of reads of a template with its subject. Each further read follows a merge of the subject during the previous one. */
const MAX_READS = 5;

/** Reads a template and its subject. After a merge, the subject is not the one that the template was enrolled for. */
async function readStored(subjectId: string, templateId: string, gallery: Gallery) {
  for (let read = 1, id = subjectId; read <= MAX_READS; read++) {
    const [subject, template] = await Promise.all([gallery.subject(id), gallery.template(templateId)]);
    if (!template) return undefined;
    if (subject && template.subjectId === id) return { subject, template };
    id = template.subjectId;
  }
  return undefined;
}

/** Searches for lookalikes of the stored template, for a repeated request that asks for them although the first one did not. */
async function findStoredLookalikes(
  request: EnrollRequest,
  { id, collectionId }: Subject,
  templateId: string,
  gallery: Gallery,
): Promise<Lookalike[]> {
  const [collection, reference] = await Promise.all([gallery.collection(collectionId), gallery.reference({ id })]);
  const stored = reference.kind === "reference" ? reference.templates.find((one) => one.id === templateId) : undefined;
  return collection && stored ? findLookalikes(request, stored, id, collection, gallery) : [];
}
