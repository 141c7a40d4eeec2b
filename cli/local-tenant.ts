import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { authenticate } from "../workers/access/authenticate.ts";
import { createApiKey } from "../workers/access/keys.ts";
import { createTenant, findTenant } from "../workers/access/tenants.ts";
import { systemClock } from "../workers/platform/clock.ts";
import type { Database } from "../workers/platform/database.ts";
import { openLocalDatabase } from "./local-database.ts";

const NAME = "local";

/** Where the key is kept, readable by its owner alone. */
export const localKeyFile = (state: string): string => resolve(state, "local.key");

/**
 * An ADMIN key of the tenant `local`, for development: kept in `localKeyFile`, and made again where the database has forgotten it.
 * The tables must have been made, and nobody else may use the state folder.
 */
export async function localTenantKey(state: string): Promise<string> {
  const file = localKeyFile(state);
  const { db, close } = await openLocalDatabase(state);
  try {
    const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
    if (kept && (await authenticate(`Bearer ${kept}`, db, systemClock))) return kept;
    const key = await newKey(db);
    mkdirSync(state, { recursive: true });
    writeFileSync(file, `${key}\n`, { mode: 0o600 });
    return key;
  } finally {
    await close();
  }
}

async function newKey(db: Database): Promise<string> {
  const created = await createTenant(db, NAME, systemClock);
  if (created.kind === "tenantCreated") return created.token;
  // The tenant is there and its key is lost: it gets another.
  const tenant = await findTenant(db, NAME);
  if (!tenant) throw new Error(created.message);
  const parts = { db, actor: { tenantId: tenant.id, keyId: null }, clock: systemClock };
  const key = await createApiKey(parts, { name: `local ${new Date(systemClock()).toISOString()}`, scopes: ["ADMIN"] });
  if (key.kind === "conflict") throw new Error(key.message);
  return key.token;
}

/** `node cli/local-tenant.ts STATE` sees that the key is there. */
if (import.meta.main) await localTenantKey(process.argv[2]!);
