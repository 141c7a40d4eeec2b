import { type Column, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle } from "drizzle-orm/d1";

/** D1 through Drizzle. All SQL of the Worker uses it. */
export type Database = ReturnType<typeof openDatabase>;

export const openDatabase = (d1: D1Database) => drizzle(d1);

type Statements = Readonly<Record<string, BatchItem<"sqlite"> | undefined>>;

/** The result of each statement, under its name. */
type NamedResults<T extends Statements> = {
  [Name in keyof T]: T[Name] extends BatchItem<"sqlite"> ? T[Name]["_"]["result"] : unknown;
};

/**
 * Runs statements in one transaction, in the order of their names in the object. Skips those that are undefined. Throws if a
 * constraint rejects one of them; then nothing is written.
 */
export async function runBatch<T extends Statements>(db: Database, statements: T): Promise<NamedResults<T>> {
  const given = Object.entries(statements).filter((entry): entry is [string, BatchItem<"sqlite">] => !!entry[1]);
  const [first, ...rest] = given.map(([, statement]) => statement);
  if (!first) return {} as NamedResults<T>;
  const results: readonly unknown[] = await db.batch([first, ...rest]);
  return Object.fromEntries(given.map(([name], i) => [name, results[i]])) as NamedResults<T>;
}

/**
 * Whether a constraint (unique, foreign key or check) rejected a batch. The result does not say which one: the caller reads the
 * current rows to find the reason.
 */
export function isConstraintFailure(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (/constraint failed|SQLITE_CONSTRAINT/i.test(cause.message)) return true;
  }
  return false;
}

/** Builds a query once per database, because building a query takes longer than sending it. Use placeholders for its values. */
export function prepared<Query>(build: (db: Database) => Query): (db: Database) => Query {
  const queries = new WeakMap<Database, Query>();
  return (db) => {
    let query = queries.get(db);
    if (query === undefined) {
      query = build(db);
      queries.set(db, query);
    }
    return query;
  };
}

/** Whether a column has one of these values. Their number is not limited: D1 binds at most 100 parameters, and this is one. */
export const oneOf = (column: Column, values: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;
