import type { SQLWrapper } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";

const dialect = new SQLiteAsyncDialect();

/** A statement as SQL with its parameters inlined, escaped by Drizzle. wrangler takes no separate parameters. */
export const inlined = (statement: SQLWrapper): string =>
  `${dialect.sqlToQuery(statement.getSQL().inlineParams()).sql};`;
