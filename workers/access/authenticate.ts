import { and, eq, sql } from "drizzle-orm";
import { apiKeys, tenants } from "../../schema/tables.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, prepared } from "../platform/database.ts";
import { sha256 } from "../platform/sha256.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import { readToken, type Token } from "./token.ts";

/** Who is asking, as an API key has proved it. */
export interface Principal {
  tenantId: string;
  tenantName: string;
  keyId: string;
  scopes: readonly Scope[];
}

/** The hash of no secret: what an unknown key's secret is compared with, so that it costs what a wrong one costs. */
const NOBODYS = "0".repeat(64);

/** The key of `Authorization: Bearer <key>`, as it is sent: nothing of it is proved. */
export const tokenIn = (authorization: string | null): Token | undefined =>
  readToken(/^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "");

/**
 * Who sends `Authorization: Bearer <key>`; undefined where the key is malformed, unknown, wrong or expired: which of them, a
 * caller is not told. At most one read, by primary key, since the key itself says whose it is.
 */
export async function authenticate(
  authorization: string | null,
  db: Database,
  clock: Clock,
): Promise<Principal | undefined> {
  const token = tokenIn(authorization);
  if (!token) return undefined;
  const [hash, key] = await Promise.all([sha256(token.secret), readKey(db, token, clock())]);
  const proved = sameHash(hash, key?.secretHash ?? NOBODYS);
  if (!key || !proved || (key.expiresAt && key.expiresAt.getTime() <= clock())) return undefined;
  return {
    tenantId: token.tenantId,
    tenantName: key.tenantName,
    keyId: token.keyId,
    scopes: scopesOf(key.scopes),
  };
}

/** A key's row, and when it was read. */
interface ReadKey {
  row: NonNullable<Awaited<ReturnType<ReturnType<typeof keyById>["get"]>>>;
  at: number;
}

/**
 * How long a key is taken as it was read: the read is a third of what a request waits for beside its inference. A key that is
 * revoked ceases to work at once where that was asked, and within so long everywhere else. Its expiry is never late.
 */
const TRUSTED_MS = 5_000;
const MOST_KEPT = 1_000;
const kept = new WeakMap<Database, Map<string, ReadKey>>();

async function readKey(db: Database, { tenantId, keyId }: Pick<Token, "tenantId" | "keyId">, now: number) {
  const keys = kept.get(db) ?? new Map<string, ReadKey>();
  kept.set(db, keys);
  const name = `${tenantId}/${keyId}`;
  const known = keys.get(name);
  if (known && now - known.at < TRUSTED_MS) return known.row;
  const row = await keyById(db).get({ tenantId, keyId });
  keys.delete(name);
  // The oldest goes first: a Map is in the order in which it was filled.
  if (keys.size >= MOST_KEPT) keys.delete(keys.keys().next().value ?? "");
  if (row) keys.set(name, { row, at: now });
  return row;
}

/** Has a key read anew at its next use: it was revoked. */
export const forgetKey = (db: Database, tenantId: string, keyId: string) =>
  kept.get(db)?.delete(`${tenantId}/${keyId}`);

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
 * Compares two hashes in a time that does not depend on where they differ. By hand, because workerd and Node have no
 * function for it in common that needs no runtime's own types.
 */
export function sameHash(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
