import { and, asc, eq, sql } from "drizzle-orm";
import { apiKeys, audit } from "../../schema/tables.ts";
import type { Actor } from "../platform/actor.ts";
import { auditEntry, auditRow } from "../platform/audit.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, isConstraintFailure } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { type Conflict, conflict, type Deleted, type NotFound, notFound } from "../platform/outcomes.ts";
import { sha256 } from "../platform/sha256.ts";
import { forgetKey } from "./authenticate.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import { newSecret, prefixOf, writeToken } from "./token.ts";

/** A key as it may be shown: without its secret, of which only the hash is kept. */
export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
}

export interface ApiKeyRequest {
  name: string;
  scopes: readonly Scope[];
  expiresAt?: Date;
}

/** `token` is the whole key: shown once. */
export interface ApiKeyCreated {
  kind: "apiKeyCreated";
  apiKey: ApiKey;
  token: string;
}

/** What the verbs on keys stand on. */
export interface KeyParts {
  db: Database;
  actor: Actor;
  clock: Clock;
}

/** A fresh key: the row that is kept, and the token that is not. */
export async function mintKey(tenantId: string, { name, scopes, expiresAt }: ApiKeyRequest, now: number) {
  const id = newId("key");
  const secret = newSecret();
  const token = writeToken({ keyId: id, tenantId, secret });
  const row = {
    tenantId,
    id,
    name,
    prefix: prefixOf(token),
    secretHash: await sha256(secret),
    scopes: [...new Set(scopes)],
    createdAt: new Date(now),
    expiresAt: expiresAt ?? null,
  };
  return { row, token };
}

export async function createApiKey(parts: KeyParts, request: ApiKeyRequest): Promise<ApiKeyCreated | Conflict> {
  const { db, actor, clock } = parts;
  const now = clock();
  const { row, token } = await mintKey(actor.tenantId, request, now);
  try {
    await db.batch([db.insert(apiKeys).values(row), auditEntry(db, actor, "createApiKey", row.id, now)]);
  } catch (error) {
    if (!isConstraintFailure(error)) throw error;
    return conflict("Another key has this name. Choose another name, or revoke that key first.");
  }
  const { tenantId: _, secretHash: __, ...apiKey } = row;
  return { kind: "apiKeyCreated", apiKey, token };
}

/** The columns of {@link ApiKey}. */
const shown = {
  id: apiKeys.id,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  scopes: apiKeys.scopes,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
};

export async function listApiKeys({ db, actor }: KeyParts): Promise<ApiKey[]> {
  const rows = await db
    .select(shown)
    .from(apiKeys)
    .where(eq(apiKeys.tenantId, actor.tenantId))
    .orderBy(asc(apiKeys.id));
  return rows.map((row) => ({ ...row, scopes: scopesOf(row.scopes) }));
}

export async function findApiKey({ db, actor }: KeyParts, id: string): Promise<ApiKey | undefined> {
  const row = await db
    .select(shown)
    .from(apiKeys)
    .where(and(eq(apiKeys.tenantId, actor.tenantId), eq(apiKeys.id, id)))
    .get();
  return row && { ...row, scopes: scopesOf(row.scopes) };
}

/** When keys last changed something, in one read. Queries write nothing, so what only reads leaves no trace here. */
export async function lastChangesBy({ db, actor }: KeyParts, keyIds: readonly string[]): Promise<Map<string, Date>> {
  // One look into the index for each key: grouping would read all that each of them ever changed.
  const latest = sql<number | null>`(select max(${audit.createdAt}) from ${audit}
    where ${audit.tenantId} = ${actor.tenantId} and ${audit.keyId} = asked.value)`;
  const rows = await db.all<{ id: string; at: number | null }>(
    sql`select asked.value as id, ${latest} as at from json_each(${JSON.stringify(keyIds)}) as asked`,
  );
  return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, new Date(at)]])));
}

/** The key ceases to work: here at once, in other isolates within seconds ({@link forgetKey}). */
export async function revokeApiKey({ db, actor, clock }: KeyParts, id: string): Promise<Deleted | NotFound> {
  const ofKey = and(eq(apiKeys.tenantId, actor.tenantId), eq(apiKeys.id, id));
  const now = clock();
  const entry = auditRow(actor, "revokeApiKey", id, now);
  const [, gone] = await db.batch([
    db.insert(audit).select(
      sql`select ${apiKeys.tenantId}, ${entry.id}, ${entry.keyId}, ${entry.action}, ${apiKeys.id}, ${now}
          from ${apiKeys} where ${ofKey}`,
    ),
    db.delete(apiKeys).where(ofKey),
  ]);
  forgetKey(db, actor.tenantId, id);
  return gone.meta.changes === 0 ? notFound("key", id) : { kind: "deleted", deletedId: id, templates: 0 };
}
