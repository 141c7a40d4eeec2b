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
import type { GalleryDeps } from "./deps.ts";
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
 * One tenant's gallery. Each operation reads and changes only data of that tenant. Each change writes its audit row in the same batch.
 */
export interface Gallery {
  createCollection(
    name: string,
    modelId: string,
    key?: IdempotencyKey,
  ): Promise<{ kind: "created"; collection: Collection } | Conflict>;
  collection(id: string): Promise<Collection | undefined>;
  /** Ids that do not exist are left out. */
  collectionsById(ids: readonly string[]): Promise<Map<string, Collection>>;
  collections(page: Page): Promise<Paged<Collection>>;
  collectionCount(): Promise<number>;
  deleteCollection(id: string): Promise<Deleted | NotFound>;

  subject(id: string): Promise<Subject | undefined>;
  subjectByExternalId(collectionId: string, externalId: string): Promise<Subject | undefined>;
  /** Ids that do not exist are left out. */
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
  /** One page of each subject's templates, by subject id. */
  templatesOf(subjectIds: readonly string[], page: Page): Promise<Map<string, Paged<TemplateRecord>>>;
  /** One round trip to D1. */
  reference(key: SubjectKey): Promise<Reference | NotFound>;
  /** The answer that an earlier enrollment with this key stored, if there was one. */
  earlier<T>(key: IdempotencyKey): Promise<{ outcome: T } | "conflict" | undefined>;
  /**
   * Adds a template to an existing or a new subject if `admit` allows it. The result of `remember.outcome` is stored under the
   * idempotency key; `earlier` returns it. "repeated": another request with this key finished first, and its outcome was stored.
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

  /** The `k` nearest subjects of a collection for each probe. The shard first catches up with the collection's head. */
  search(collection: Collection, probes: readonly FaceTemplate[], k: number): Promise<SearchResult>;
}

/** Opens the gallery of the actor's tenant. */
export function openGallery(deps: GalleryDeps): Gallery {
  const { db, actor, shards } = deps;
  return {
    createCollection: (name, modelId, key) => createCollection(deps, name, modelId, key),
    collection: (id) => findCollection(deps, id),
    collectionsById: (ids) => findCollections(deps, ids),
    collections: (page) => listCollections(deps, page),
    collectionCount: () => countCollections(deps),
    deleteCollection: (id) => deleteCollection(deps, id),

    subject: (id) => findSubject(deps, id),
    subjectByExternalId: (collectionId, externalId) => findByExternalId(deps, collectionId, externalId),
    subjectsById: (ids) => findSubjects(deps, ids),
    subjects: (collectionId, page) => listSubjects(deps, collectionId, page),
    subjectCount: (collectionId) => countSubjects(deps, collectionId),
    updateSubject: (id, change) => updateSubject(deps, id, change),
    deleteSubject: (id) => deleteSubject(deps, id),
    mergeSubjects: (into, from, key) => mergeSubjects(deps, into, from, key),

    template: (id) => findTemplate(deps, id),
    templatesOf: (subjectIds, page) => listTemplates(deps, subjectIds, page),
    reference: (key) => findReference(deps, key),
    earlier: (key) => earlierOutcome(db, actor.tenantId, key),
    addTemplate: (...args) => addTemplate(deps, ...args),
    deleteTemplate: (id) => deleteTemplate(deps, id),

    search: ({ id, modelId, head, mark, templateCount }, probes, k) =>
      shards(actor.tenantId, id).search(
        { tenantId: actor.tenantId, collectionId: id, modelId },
        { head, mark, templateCount },
        probes,
        k,
      ),
  };
}
