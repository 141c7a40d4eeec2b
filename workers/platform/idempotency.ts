import { and, eq, lt, type SQL, sql } from "drizzle-orm";
import { idempotency } from "../../schema/tables.ts";
import type { Database } from "./database.ts";
import { sha256 } from "./sha256.ts";

/** A client's idempotency key and the request that it was sent with. */
export interface IdempotencyKey {
  key: string;
  /** SHA-256 of the mutation's name and arguments, hexadecimal. */
  fingerprint: string;
}

/** Outcomes are stored for a day, which is longer than clients retry. */
const RETENTION_MS = 24 * 60 * 60 * 1000;

export async function idempotencyKey(key: string, operation: string, inputs: unknown): Promise<IdempotencyKey> {
  return { key, fingerprint: await sha256(JSON.stringify([operation, inputs])) };
}

/** The outcome of an earlier request with this key; "conflict" if that request was different; undefined if there was none. */
export async function earlierOutcome<T>(
  db: Database,
  tenantId: string,
  { key, fingerprint }: IdempotencyKey,
): Promise<{ outcome: T } | "conflict" | undefined> {
  const row = await db
    .select()
    .from(idempotency)
    .where(and(eq(idempotency.tenantId, tenantId), eq(idempotency.key, key)))
    .get();
  if (!row) return undefined;
  return row.fingerprint === fingerprint ? { outcome: row.outcome as T } : "conflict";
}

/**
 * The statement that stores an outcome, if `when` is true at its position in the batch. The primary key rejects a second row with the
 * same key.
 */
export const keepOutcome = (
  db: Database,
  tenantId: string,
  { key, fingerprint }: IdempotencyKey,
  outcome: unknown,
  now: number,
  when: SQL = sql`true`,
) =>
  db
    .insert(idempotency)
    .select(sql`select ${tenantId}, ${key}, ${fingerprint}, ${JSON.stringify(outcome)}, ${now} where ${when}`);

export const forgetOldOutcomes = (db: Database, now: number) =>
  db.delete(idempotency).where(lt(idempotency.createdAt, new Date(now - RETENTION_MS)));
