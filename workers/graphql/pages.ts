import * as v from "valibot";
import type { Collection, Page, Paged, Subject, TemplateRecord } from "../gallery/gallery.ts";
import type { Job } from "../jobs/jobs.ts";
import { typeOfId } from "../platform/ids.ts";
import { Count, checkOptional } from "./arguments.ts";

/**
 * Forward paging by the GraphQL Cursor Connections specification. https://relay.dev/graphql/connections.htm
 */
export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** `totalCount` is computed only if it is requested. */
interface CountedConnection<T> extends Connection<T> {
  totalCount: () => Promise<number>;
}

export type CollectionPage = CountedConnection<Collection>;
export type SubjectPage = CountedConnection<Subject>;
export type TemplatePage = Connection<TemplateRecord>;
export type JobPage = Connection<Job>;

const DEFAULT_PAGE_SIZE = 25;
/** Distinguishes this cursor format from later ones. */
const VERSION = "1:";

/** An opaque cursor: a version and an ID in base64. */
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
  v.string("It is not a cursor of this API. Use endCursor of a page, or omit it."),
);

/** Checks and returns the requested page. */
export const pageOf = (args: { first?: number | null; after?: string | null }): Page => ({
  first: checkOptional(Count, args.first, "first") ?? DEFAULT_PAGE_SIZE,
  after: checkOptional(After, args.after, "after"),
});

/** `found`: one item more than requested, if there are more pages. */
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
