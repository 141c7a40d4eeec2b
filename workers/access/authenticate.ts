import { and, eq } from "drizzle-orm";
import { apiKeys, tenants } from "../../schema/tables.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { sha256 } from "../platform/idempotency.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import { readToken } from "./token.ts";

/** Who is asking, as an API key has proved it. */
export interface Principal {
  tenantId: string;
  tenantName: string;
  keyId: string;
  scopes: readonly Scope[];
}

/** The hash of no secret: what an unknown key's secret is compared with, so that it costs what a wrong one costs. */
const NOBODYS = "0".repeat(64);

/**
 * Who sends `Authorization: Bearer <key>`; undefined where the key is malformed, unknown, wrong or expired: which of them, a
 * caller is not told. One read by primary key, since the key itself says whose it is.
 */
export async function authenticate(
  authorization: string | null,
  db: Database,
  clock: Clock,
): Promise<Principal | undefined> {
  const token = readToken(/^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "");
  if (!token) return undefined;
  const [hash, key] = await Promise.all([sha256(token.secret), findKey(db, token.tenantId, token.keyId)]);
  const proved = sameHash(hash, key?.secretHash ?? NOBODYS);
  if (!key || !proved || (key.expiresAt && key.expiresAt.getTime() <= clock())) return undefined;
  return {
    tenantId: token.tenantId,
    tenantName: key.tenantName,
    keyId: token.keyId,
    scopes: scopesOf(key.scopes),
  };
}

const findKey = (db: Database, tenantId: string, keyId: string) =>
  db
    .select({
      secretHash: apiKeys.secretHash,
      scopes: apiKeys.scopes,
      expiresAt: apiKeys.expiresAt,
      tenantName: tenants.name,
    })
    .from(apiKeys)
    .innerJoin(tenants, eq(tenants.id, apiKeys.tenantId))
    .where(and(eq(apiKeys.tenantId, tenantId), eq(apiKeys.id, keyId)))
    .get();

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
