import * as v from "valibot";
import type { Collection, Page, Paged, Subject, TemplateRecord } from "../gallery/gallery.ts";
import { typeOfId } from "../platform/ids.ts";
import type { Job } from "../stylization/jobs.ts";
import { Count, optional } from "./arguments.ts";

/**
 * Pages as in the GraphQL Cursor Connections specification, forwards. https://relay.dev/graphql/connections.htm
 */
export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** `totalCount` is counted only where it is asked for. */
interface CountedConnection<T> extends Connection<T> {
  totalCount: () => Promise<number>;
}

export type CollectionPage = CountedConnection<Collection>;
export type SubjectPage = CountedConnection<Subject>;
export type TemplatePage = Connection<TemplateRecord>;
export type JobPage = Connection<Job>;

const DEFAULT_PAGE = 25;
/** So that a cursor of another shape can be told from this one. */
const VERSION = "1:";

/** Opaque: an id behind a version, in base64. */
export const cursorOf = (id: string): string => btoa(VERSION + id);

export function idOfCursor(cursor: string): string | undefined {
  try {
    const text = atob(cursor);
    const id = text.slice(VERSION.length);
    return text.startsWith(VERSION) && typeOfId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

const After = v.pipe(
  v.string(),
  v.transform(idOfCursor),
  v.string("It is no cursor of this API. Use endCursor of a page, or leave it out."),
);

/** The page that is asked for, checked. */
export const pageOf = (args: { first?: number | null; after?: string | null }): Page => ({
  first: optional(Count, args.first, "first") ?? DEFAULT_PAGE,
  after: optional(After, args.after, "after"),
});

/** Of what was read with one more than was asked for, which says whether more follows. */
export const jobConnection = (found: Job[], page: Page): JobPage =>
  connection({ items: found.slice(0, page.first), hasNextPage: found.length > page.first }, page);

export const countedConnection = <T extends { id: string }>(
  paged: Paged<T>,
  page: Page,
  totalCount: () => Promise<number>,
): CountedConnection<T> => ({ ...connection(paged, page), totalCount });

export function connection<T extends { id: string }>({ items, hasNextPage }: Paged<T>, page: Page): Connection<T> {
  const edges = items.map((node) => ({ cursor: cursorOf(node.id), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
