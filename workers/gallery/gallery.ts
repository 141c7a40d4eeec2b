import type { FaceTemplate } from "../matching/template.ts";
import { earlierOutcome, type IdempotencyKey } from "../platform/idempotency.ts";
import type { Conflict, Deleted, NotFound } from "../platform/outcomes.ts";
import {
  countCollections,
  createCollection,
  deleteCollection,
  findCollection,
  findCollections,
  listCollections,
} from "./collections.ts";
import type { GalleryParts } from "./parts.ts";
import type {
  Added,
  Admission,
  Collection,
  Page,
  Paged,
  Reference,
  SearchResult,
  Subject,
  SubjectKey,
  SubjectReference,
  TemplateRecord,
} from "./records.ts";
import {
  countSubjects,
  deleteSubject,
  findByExternalId,
  findSubject,
  findSubjects,
  listSubjects,
  mergeSubjects,
  updateSubject,
} from "./subjects.ts";
import { addTemplate, deleteTemplate, findReference, findTemplate, listTemplates } from "./templates.ts";

export type * from "./records.ts";

/**
 * One tenant's gallery. All that is asked of it and all that it changes is that tenant's alone; every change writes its
 * audit row in its own batch.
 */
export interface Gallery {
  createCollection(
    name: string,
    modelId: string,
    key?: IdempotencyKey,
  ): Promise<{ kind: "created"; collection: Collection } | Conflict>;
  collection(id: string): Promise<Collection | undefined>;
  /** Those of the ids that exist. */
  collectionsById(ids: readonly string[]): Promise<Map<string, Collection>>;
  collections(page: Page): Promise<Paged<Collection>>;
  collectionCount(): Promise<number>;
  deleteCollection(id: string): Promise<Deleted | NotFound>;

  subject(id: string): Promise<Subject | undefined>;
  subjectByExternalId(collectionId: string, externalId: string): Promise<Subject | undefined>;
  /** Those of the ids that exist. */
  subjectsById(ids: readonly string[]): Promise<Map<string, Subject>>;
  subjects(collectionId: string, page: Page): Promise<Paged<Subject>>;
  subjectCount(collectionId: string): Promise<number>;
  updateSubject(
    id: string,
    change: { name?: string | null; externalId?: string | null },
  ): Promise<{ kind: "updated"; subject: Subject } | NotFound | Conflict>;
  deleteSubject(id: string): Promise<Deleted | NotFound>;
  mergeSubjects(
    into: string,
    from: string,
    key?: IdempotencyKey,
  ): Promise<{ kind: "merged"; subject: Subject } | NotFound | Conflict>;

  template(id: string): Promise<TemplateRecord | undefined>;
  /** The same page of each subject's templates, by the subject's id. */
  templatesOf(subjectIds: readonly string[], page: Page): Promise<Map<string, Paged<TemplateRecord>>>;
  /** One round trip to D1. */
  reference(key: SubjectKey): Promise<Reference | NotFound>;
  /** What an earlier enrollment under this key answered. */
  earlier<T>(key: IdempotencyKey): Promise<{ outcome: T } | "conflict" | undefined>;
  /**
   * Adds a template to a subject, or to a new one, if `admit` allows it. What `remember` makes of it is kept under the key, and comes
   * back from `earlier`. "repeated": another request with this key was faster, and its outcome was kept.
   */
  addTemplate<Refusal>(
    collection: Collection,
    subject: SubjectReference,
    template: FaceTemplate,
    quality: number,
    admit: Admission<Refusal>,
    remember?: { key: IdempotencyKey; outcome: (added: Added) => unknown },
  ): Promise<Added | { kind: "refused"; outcome: Refusal } | { kind: "repeated" } | NotFound | Conflict>;
  deleteTemplate(id: string): Promise<Deleted | NotFound>;

  /** The nearest subjects of a collection for each probe; the shard first catches up with the collection's head. */
  search(collection: Collection, probes: readonly FaceTemplate[], k: number): Promise<SearchResult>;
}

/** Opens the gallery of the actor's tenant. */
export function openGallery(parts: GalleryParts): Gallery {
  const { db, actor, shards } = parts;
  return {
    createCollection: (name, modelId, key) => createCollection(parts, name, modelId, key),
    collection: (id) => findCollection(parts, id),
    collectionsById: (ids) => findCollections(parts, ids),
    collections: (page) => listCollections(parts, page),
    collectionCount: () => countCollections(parts),
    deleteCollection: (id) => deleteCollection(parts, id),

    subject: (id) => findSubject(parts, id),
    subjectByExternalId: (collectionId, externalId) => findByExternalId(parts, collectionId, externalId),
    subjectsById: (ids) => findSubjects(parts, ids),
    subjects: (collectionId, page) => listSubjects(parts, collectionId, page),
    subjectCount: (collectionId) => countSubjects(parts, collectionId),
    updateSubject: (id, change) => updateSubject(parts, id, change),
    deleteSubject: (id) => deleteSubject(parts, id),
    mergeSubjects: (into, from, key) => mergeSubjects(parts, into, from, key),

    template: (id) => findTemplate(parts, id),
    templatesOf: (subjectIds, page) => listTemplates(parts, subjectIds, page),
    reference: (key) => findReference(parts, key),
    earlier: (key) => earlierOutcome(db, actor.tenantId, key),
    addTemplate: (...addition) => addTemplate(parts, ...addition),
    deleteTemplate: (id) => deleteTemplate(parts, id),

    search: ({ id, modelId, head, mark, templateCount }, probes, k) =>
      shards(actor.tenantId, id).search(
        { tenantId: actor.tenantId, collectionId: id, modelId },
        { head, mark, templateCount },
        probes,
        k,
      ),
  };
}
