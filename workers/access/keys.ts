import { and, asc, eq, sql } from "drizzle-orm";
import { apiKeys, audit } from "../../schema/tables.ts";
import { type Actor, insertAudit, insertAuditIf } from "../platform/audit.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, isConstraintFailure, runBatch } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { type Conflict, conflict, type Deleted, type NotFound, notFound } from "../platform/outcomes.ts";
import { sha256 } from "../platform/sha256.ts";
import { evictCachedKey } from "./authenticate.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import { newSecret, prefixOf, writeToken } from "./token.ts";

/** An API key without its secret. Only the hash of the secret is stored. */
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

/** `token`: the complete key. It is shown only once. */
export interface ApiKeyCreated {
  kind: "apiKeyCreated";
  apiKey: ApiKey;
  token: string;
}

export interface KeyDeps {
  db: Database;
  actor: Actor;
  clock: Clock;
}

/** Creates a key: the row to store, and the token, which is not stored. */
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

export async function createApiKey(deps: KeyDeps, request: ApiKeyRequest): Promise<ApiKeyCreated | Conflict> {
  const { db, actor, clock } = deps;
  const now = clock();
  const { row, token } = await mintKey(actor.tenantId, request, now);
  try {
    await db.batch([db.insert(apiKeys).values(row), insertAudit(db, actor, "createApiKey", row.id, now)]);
  } catch (error) {
    if (!isConstraintFailure(error)) throw error;
    return conflict("Another API key already has this name. Choose another name, or revoke that key first.");
  }
  const { tenantId: _, secretHash: __, ...apiKey } = row;
  return { kind: "apiKeyCreated", apiKey, token };
}

/** The columns of an {@link ApiKey}. */
const apiKeyColumns = {
  id: apiKeys.id,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  scopes: apiKeys.scopes,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
};

export async function listApiKeys({ db, actor }: KeyDeps): Promise<ApiKey[]> {
  const rows = await db
    .select(apiKeyColumns)
    .from(apiKeys)
    .where(eq(apiKeys.tenantId, actor.tenantId))
    .orderBy(asc(apiKeys.id));
  return rows.map((row) => ({ ...row, scopes: scopesOf(row.scopes) }));
}

export async function findApiKey({ db, actor }: KeyDeps, id: string): Promise<ApiKey | undefined> {
  const row = await db
    .select(apiKeyColumns)
    .from(apiKeys)
    .where(and(eq(apiKeys.tenantId, actor.tenantId), eq(apiKeys.id, id)))
    .get();
  return row && { ...row, scopes: scopesOf(row.scopes) };
}

/** When each key last made a change, in one read. Queries write nothing, so a key that is used only for queries has no entry. */
export async function lastChangesBy({ db, actor }: KeyDeps, keyIds: readonly string[]): Promise<Map<string, Date>> {
  // One index lookup per key. GROUP BY would read every audit row of these keys.
  const latest = sql<number | null>`(select max(${audit.createdAt}) from ${audit}
    where ${audit.tenantId} = ${actor.tenantId} and ${audit.keyId} = asked.value)`;
  const rows = await db.all<{ id: string; at: number | null }>(
    sql`select asked.value as id, ${latest} as at from json_each(${JSON.stringify(keyIds)}) as asked`,
  );
  return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, new Date(at)]])));
}

/** Revokes a key. It stops working immediately in this isolate, and within seconds in others ({@link evictCachedKey}). */
export async function revokeApiKey({ db, actor, clock }: KeyDeps, id: string): Promise<Deleted | NotFound> {
  const ofKey = and(eq(apiKeys.tenantId, actor.tenantId), eq(apiKeys.id, id));
  const now = clock();
  const { deletion } = await runBatch(db, {
    audit: insertAuditIf(db, actor, "revokeApiKey", apiKeys, ofKey, now),
    deletion: db.delete(apiKeys).where(ofKey),
  });
  evictCachedKey(db, actor.tenantId, id);
  return deletion.meta.changes === 0 ? notFound("key", id) : { kind: "deleted", deletedId: id, templates: 0 };
}
