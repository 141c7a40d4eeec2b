import type { GallerySize } from "../matching/decide.ts";
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

/** A subject with its templates' vectors, to compare a probe with. */
export interface Reference {
  subject: Subject;
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
