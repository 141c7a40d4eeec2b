import type { FaceTemplate } from "../matching/template.ts";
import type { SquaredDistance } from "../matching/distance.ts";
import type { Conflict, Deleted, NotFound } from "../platform/outcomes.ts";
import type { IdempotencyKey } from "../platform/idempotency.ts";

/** A gallery of subjects whose templates all come from one model. `head` is the last sequence of its log. */
export interface Collection {
  id: string;
  name: string;
  modelId: string;
  head: number;
  templateCount: number;
  createdAt: Date;
}

export interface Subject {
  id: string;
  collectionId: string;
  externalId: string | null;
  name: string | null;
  createdAt: Date;
}

/** A template without its vector: what may be shown. */
export interface TemplateRecord {
  id: string;
  subjectId: string;
  modelId: string;
  quality: number;
  createdAt: Date;
}

/** A subject with its templates' vectors, to compare a probe with. */
export interface Reference {
  subject: Subject;
  modelId: string;
  templates: FaceTemplate[];
}

/** By id, or by what the caller calls it; neither: a new subject. */
export interface SubjectReference {
  id?: string;
  externalId?: string;
  name?: string;
}

export interface Added {
  kind: "added";
  subjectId: string;
  templateId: string;
  created: boolean;
}

export interface Page {
  first: number;
  /** The id after which the page begins. */
  after?: string;
}

export interface Paged<T> {
  items: T[];
  hasNextPage: boolean;
}

/** One template near a probe. */
export interface Neighbour {
  templateId: string;
  subjectId: string;
  distance: SquaredDistance;
}

/** For each probe its nearest templates, one a subject, nearest first; and how many templates were compared. */
export interface SearchResult {
  gallerySize: number;
  nearest: Neighbour[][];
}

/**
 * One tenant's gallery. All that is asked of it and all that it changes is that tenant's alone; every change writes its
 * audit row in its own batch.
 */
export interface Gallery {
  createCollection(name: string, modelId: string, key?: IdempotencyKey): Promise<{ kind: "created"; collection: Collection } | Conflict>;
  collection(id: string): Promise<Collection | undefined>;
  collections(page: Page): Promise<Paged<Collection>>;
  collectionCount(): Promise<number>;
  deleteCollection(id: string): Promise<Deleted | NotFound>;

  subject(id: string): Promise<Subject | undefined>;
  /** Those of the ids that exist. */
  subjectsById(ids: readonly string[]): Promise<Map<string, Subject>>;
  subjects(collectionId: string, page: Page): Promise<Paged<Subject>>;
  subjectCount(collectionId: string): Promise<number>;
  updateSubject(id: string, change: { name?: string | null; externalId?: string | null }): Promise<{ kind: "updated"; subject: Subject } | NotFound | Conflict>;
  deleteSubject(id: string): Promise<Deleted | NotFound>;
  mergeSubjects(into: string, from: string, key?: IdempotencyKey): Promise<{ kind: "merged"; subject: Subject } | NotFound | Conflict>;

  template(id: string): Promise<TemplateRecord | undefined>;
  templatesOf(subjectId: string): Promise<TemplateRecord[]>;
  reference(subjectId: string): Promise<Reference | undefined>;
  /** What an earlier enrollment under this key answered. */
  earlier<T>(key: IdempotencyKey): Promise<{ outcome: T } | "conflict" | undefined>;
  /** `remembered` is kept under the key beside what was added, and comes back from `earlier`. */
  addTemplate(
    collection: Collection,
    subject: SubjectReference,
    template: FaceTemplate,
    quality: number,
    remember?: { key: IdempotencyKey; outcome: (added: Added) => unknown },
  ): Promise<Added | NotFound | Conflict>;
  deleteTemplate(id: string): Promise<Deleted | NotFound>;

  /** The nearest subjects of a collection for each probe; the shard first catches up with the collection's head. */
  search(collection: Collection, probes: readonly FaceTemplate[], k: number): Promise<SearchResult>;
}
