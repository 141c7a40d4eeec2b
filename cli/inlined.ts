import type { SQLWrapper } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";

const dialect = new SQLiteAsyncDialect();

/** A statement as SQL with its parameters in it, escaped by Drizzle: for a database that only wrangler reaches. */
export const inlined = (statement: SQLWrapper): string =>
  `${dialect.sqlToQuery(statement.getSQL().inlineParams()).sql};`;
