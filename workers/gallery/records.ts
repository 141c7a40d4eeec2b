import type { GallerySize, RatedCandidate } from "../matching/decide.ts";
import type { SquaredDistance } from "../matching/distance.ts";
import type { FaceTemplate } from "../matching/template.ts";

/** Where a collection's log ends, and how many templates there are then: what its shard compares itself with. */
export interface Head {
  /** The last sequence of the log; 0: the log is empty. */
  head: number;
  /** The mark of that entry (`gallery_log.mark`); null: the log is empty. */
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

/** A template without its vector: what may be shown. */
export interface TemplateRecord {
  id: string;
  subjectId: string;
  modelId: string;
  quality: number;
  createdAt: Date;
}

/** A template with its vector, to compare a probe with. */
export interface StoredTemplate extends FaceTemplate {
  id: string;
}

/** A subject with its templates' vectors. */
export interface Reference {
  kind: "reference";
  subject: Subject;
  templates: StoredTemplate[];
}

/** One subject: by its id, or by what the caller calls it in a collection. */
export type SubjectKey = { id: string } | { collectionId: string; externalId: string };

/** By id, or by what the caller calls it; neither: a new subject. */
export interface SubjectReference {
  id?: string;
  externalId?: string;
  name?: string;
}

/** The subject that a template is to be added to, as it was read at one moment. */
interface TargetSubject {
  /** Read before the templates: a search that catches up with its head sees everybody who was enrolled until then. */
  collection: Collection;
  subjectId: string;
  /** None where the subject is new, or its templates were deleted. */
  templates: StoredTemplate[];
}

/** Another subject that a new template is near to. */
export type Lookalike = Pick<RatedCandidate, "subjectId" | "distance" | "fpir">;

/**
 * The template may be added, provided that each condition that is given still holds when it is written. Otherwise the decision is
 * made again.
 */
export interface Admitted {
  kind: "admitted";
  /** This template is still the subject's; null: the subject still has none. */
  nearest?: string | null;
  /** No other subject was given a template after this sequence of the collection's log. */
  head?: number;
  /** Undefined: not searched for. */
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
  /** The id after which the page begins. */
  after?: string;
}

export interface Paged<T> {
  items: T[];
  hasNextPage: boolean;
}

/** One template near a probe. */
interface Neighbour {
  templateId: string;
  subjectId: string;
  distance: SquaredDistance;
}

/** For each probe its nearest templates, one a subject, nearest first; and with how many it was compared. */
export interface SearchResult {
  size: GallerySize;
  nearest: Neighbour[][];
}
