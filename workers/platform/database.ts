import { type Column, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";

/** D1 through Drizzle: there is no other SQL. */
export type Database = ReturnType<typeof openDatabase>;

export const openDatabase = (d1: D1Database) => drizzle(d1);

/**
 * Whether a batch was refused by a constraint (unique, foreign key, check). Which one is not told apart here: whoever
 * asked reads what won and answers from it.
 */
export function isConstraintFailure(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (/constraint failed|SQLITE_CONSTRAINT/i.test(cause.message)) return true;
  }
  return false;
}

/** A query that is built once for a database: building one takes longer than sending it. Its values are placeholders. */
export function prepared<Query>(build: (db: Database) => Query): (db: Database) => Query {
  const built = new WeakMap<Database, Query>();
  return (db) => {
    let query = built.get(db);
    if (query === undefined) {
      query = build(db);
      built.set(db, query);
    }
    return query;
  };
}

/** Whether a column has one of these values, however many there are: D1 binds at most 100 parameters, and this is one. */
export const oneOf = (column: Column, values: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;
