import type { Page, Paged } from "./records.ts";

/** One row more than asked for was read: whether it is there says whether more follows. */
export const pageOf = <T>(found: T[], { first }: Page): Paged<T> => ({
  items: found.slice(0, first),
  hasNextPage: found.length > first,
});
