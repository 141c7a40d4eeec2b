import type { Added, Gallery, Subject, SubjectReference, TemplateRecord } from "../gallery/gallery.ts";
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
import type { Face, ManyFaces, NoFace, PoorQuality, Stages, Vision } from "../vision/vision.ts";

export interface EnrollRequest {
  collectionId: string;
  image: Picture;
  subject: SubjectReference;
  /** In [0, 1]. */
  minimumQuality?: number;
  idempotencyKey?: string;
}

export interface Enrolled {
  kind: "enrolled";
  subject: Subject;
  template: TemplateRecord;
  face: Face;
  /** Whether the subject was created by this enrollment. */
  created: boolean;
}

export type EnrollOutcome =
  | Enrolled
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

/** Adds one template to a subject, or creates the subject. One photograph is enough (one-shot); more make it surer. */
export async function enroll(request: EnrollRequest, { vision, gallery, stages }: Tools): Promise<EnrollOutcome> {
  const key = request.idempotencyKey === undefined ? undefined : await keyOf(request, request.idempotencyKey);
  const earlier = key && (await gallery.earlier<Remembered>(key));
  if (earlier === "conflict") return keyReused();
  if (earlier) return answer(gallery, earlier.outcome);

  const collection = await gallery.collection(request.collectionId);
  if (!collection) return notFound("collection", request.collectionId);
  const model = collection.modelId;
  if (!vision.embedders.has(model)) return modelMismatch(model, vision.defaultEmbedder);

  const bytes = await request.image.read();
  if (isBadImage(bytes)) return bytes;
  const reading = await vision.readOneFace(bytes, { model, minimumQuality: request.minimumQuality, stages });
  if (reading.kind !== "face") return reading;

  const { face, template } = reading;
  const remember = key && { key, outcome: ({ kind: _, ...added }: Added): Remembered => ({ ...added, face }) };
  const added = await gallery.addTemplate(collection, request.subject, template, face.quality, remember);
  return added.kind === "added" ? answer(gallery, { ...added, face }) : added;
}

const keyOf = async (request: EnrollRequest, key: string): Promise<IdempotencyKey> =>
  idempotencyKey(key, "enroll", [
    request.collectionId,
    await request.image.fingerprint(),
    request.subject.id ?? null,
    request.subject.externalId ?? null,
    request.subject.name ?? null,
    request.minimumQuality ?? null,
  ]);

async function answer(gallery: Gallery, { subjectId, templateId, created, face }: Remembered): Promise<EnrollOutcome> {
  const [subject, template] = await Promise.all([gallery.subject(subjectId), gallery.template(templateId)]);
  if (!subject || !template) {
    return conflict("What this enrollment made was deleted since. To enroll again, use a new idempotency key.");
  }
  return { kind: "enrolled", subject, template, face, created };
}
