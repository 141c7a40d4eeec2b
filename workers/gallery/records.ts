import type { GallerySize, RatedCandidate } from "../matching/decide.ts";
import type { SquaredDistance } from "../matching/distance.ts";
import type { FaceTemplate } from "../matching/template.ts";

/** The end of a collection's log and the template count at that point. The shard compares its view with it. */
export interface Head {
  /** The last sequence of the log; 0 if the log is empty. */
  head: number;
  /** The mark of the entry with that sequence (`gallery_log.mark`); null if the log is empty. */
  mark: number | null;
  templateCount: number;
}

/** A gallery of subjects whose templates all come from one model. */
export interface Collection extends Head {
  id: string;
  name: string;
  modelId: string;
  createdAt: Date;
}

export interface Subject {
  id: string;
  collectionId: string;
  externalId: string | null;
  name: string | null;
  createdAt: Date;
}

/** A template without its vector. Clients may see it. */
export interface TemplateRecord {
  id: string;
  subjectId: string;
  modelId: string;
  quality: number;
  createdAt: Date;
}

/** A template with its vector, for comparison with a probe. */
export interface StoredTemplate extends FaceTemplate {
  id: string;
}

/** A subject with its templates and their vectors. */
export interface Reference {
  kind: "reference";
  subject: Subject;
  templates: StoredTemplate[];
}

/** Names one subject: by its id, or by its collection and the client's own identifier. */
export type SubjectKey = { id: string } | { collectionId: string; externalId: string };

/** Names a subject by id or by the client's own identifier. Without an id, a subject that does not exist yet is created. */
export interface SubjectReference {
  id?: string;
  externalId?: string;
  name?: string;
}

/** The subject to which a template is to be added, as read before the decision. */
interface TargetSubject {
  /** Read before the templates. A search that catches up with its head covers every template that was enrolled until then. */
  collection: Collection;
  subjectId: string;
  /** Empty if the subject is new or its templates were deleted. */
  templates: StoredTemplate[];
}

/** Another subject with a template near the new one. */
export type Lookalike = Pick<RatedCandidate, "subjectId" | "distance" | "fpir">;

/**
 * The template may be added if each condition given here still holds when it is written. If one does not, the decision is repeated.
 */
export interface Admitted {
  kind: "admitted";
  /** Condition: the subject still has this template. null: the subject still has no template. */
  nearest?: string | null;
  /** Condition: no other subject got a template after this sequence of the collection's log. */
  head?: number;
  /** undefined if they were not searched for. */
  lookalikes?: Lookalike[];
}

/** Decides whether a template may be added to a subject. */
export type Admission<Refusal> = (target: TargetSubject) => Promise<Admitted | { kind: "refused"; outcome: Refusal }>;

export interface Added {
  kind: "added";
  subjectId: string;
  templateId: string;
  created: boolean;
  lookalikes?: Lookalike[];
}

export interface Page {
  first: number;
  /** The page begins after this id. */
  after?: string;
}

export interface Paged<T> {
  items: T[];
  hasNextPage: boolean;
}

/** One template near a probe. */
interface Neighbor {
  templateId: string;
  subjectId: string;
  distance: SquaredDistance;
}

/** The size of the searched gallery and, for each probe, the nearest template of each of the nearest subjects, nearest first. */
export interface SearchResult {
  size: GallerySize;
  nearest: Neighbor[][];
}

/** Makes a page from rows that were read with the limit `first + 1`. The extra row shows that another page follows. */
export const pageOf = <T>(found: T[], { first }: Page): Paged<T> => ({
  items: found.slice(0, first),
  hasNextPage: found.length > first,
});
