import type { Page, Paged } from "./records.ts";

/** Makes a page from rows that were read with the limit `first + 1`. The extra row shows that another page follows. */
export const pageOf = <T>(found: T[], { first }: Page): Paged<T> => ({
  items: found.slice(0, first),
  hasNextPage: found.length > first,
});
