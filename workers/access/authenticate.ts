import { and, eq, sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import { apiKeys, tenants } from "../../schema/tables.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, prepared } from "../platform/database.ts";
import { sha256 } from "../platform/sha256.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import { readToken, type Token } from "./token.ts";

/** The authenticated caller: the tenant and its API key. */
export interface Principal {
  tenantId: string;
  tenantName: string;
  keyId: string;
  scopes: readonly Scope[];
}

/** The hash of no secret. The secret of an unknown key is compared with it, so that the response takes as long as for a wrong secret. */
const DUMMY_HASH = "0".repeat(64);

/** Parses the key in `Authorization: Bearer <key>`, without verifying it. */
export const tokenIn = (authorization: string | null): Token | undefined =>
  readToken(/^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "");

/**
 * Authenticates `Authorization: Bearer <key>`. Returns undefined if the key is malformed, unknown, wrong or expired, without saying
 * which. Reads D1 at most once, by primary key, because the key contains the ID of its tenant.
 */
export async function authenticate(
  authorization: string | null,
  db: Database,
  clock: Clock,
): Promise<Principal | undefined> {
  const token = tokenIn(authorization);
  if (!token) return undefined;
  const [hash, key] = await Promise.all([sha256(token.secret), readKey(db, token, clock())]);
  const isSecretValid = sameHash(hash, key?.secretHash ?? DUMMY_HASH);
  if (!key || !isSecretValid || (key.expiresAt && key.expiresAt.getTime() <= clock())) return undefined;
  return {
    tenantId: token.tenantId,
    tenantName: key.tenantName,
    keyId: token.keyId,
    scopes: scopesOf(key.scopes),
  };
}

/**
 * How long a key stays cached, in milliseconds. Without the cache, reading it takes a third of the time that a request spends waiting
 * apart from inference. A revoked key stops working immediately in the isolate that revokes it, and after at most this time in
 * others. Expiry is checked on each request, so it is never late.
 */
const KEY_CACHE_MS = 5_000;
const MAX_CACHED_KEYS = 1_000;
type KeyRow = NonNullable<Awaited<ReturnType<ReturnType<typeof keyById>["get"]>>>;
/** The keys of a database, and when each was read. lru-cache's own time limit would need a timer, and this time comes from the caller. */
const caches = new WeakMap<Database, LRUCache<string, { row: KeyRow; readAt: number }>>();

async function readKey(db: Database, { tenantId, keyId }: Pick<Token, "tenantId" | "keyId">, now: number) {
  const keys = caches.get(db) ?? new LRUCache({ max: MAX_CACHED_KEYS });
  caches.set(db, keys);
  const name = `${tenantId}/${keyId}`;
  const cached = keys.get(name);
  if (cached && now - cached.readAt < KEY_CACHE_MS) return cached.row;
  const row = await keyById(db).get({ tenantId, keyId });
  if (row) keys.set(name, { row, readAt: now });
  else keys.delete(name);
  return row;
}

/** Removes a revoked key from the cache of this isolate. */
export const evictCachedKey = (db: Database, tenantId: string, keyId: string) =>
  caches.get(db)?.delete(`${tenantId}/${keyId}`);

const keyById = prepared((db) =>
  db
    .select({
      secretHash: apiKeys.secretHash,
      scopes: apiKeys.scopes,
      expiresAt: apiKeys.expiresAt,
      tenantName: tenants.name,
    })
    .from(apiKeys)
    .innerJoin(tenants, eq(tenants.id, apiKeys.tenantId))
    .where(and(eq(apiKeys.tenantId, sql.placeholder("tenantId")), eq(apiKeys.id, sql.placeholder("keyId"))))
    .prepare(),
);

/**
 * Compares two hashes in constant time. Written here because workerd and Node share no such function without runtime-specific types.
 */
export function sameHash(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
