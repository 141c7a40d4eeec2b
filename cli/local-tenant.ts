import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { authenticate } from "../workers/access/authenticate.ts";
import { createApiKey } from "../workers/access/keys.ts";
import { createTenant, findTenant } from "../workers/access/tenants.ts";
import { systemClock } from "../workers/platform/clock.ts";
import type { Database } from "../workers/platform/database.ts";
import { openLocalDatabase } from "./local-database.ts";

const NAME = "local";

/** The file of the API key, readable only by its owner. */
export const localKeyFile = (state: string): string => resolve(state, "local.key");

/** The same key for wrangler's `--env-file`, as the variable DEVELOPMENT_KEY. */
export const developmentKeyFile = (state: string): string => resolve(state, "development.env");

/**
 * Returns an ADMIN key of the tenant `local`, for development. The key is stored in `localKeyFile`. It is created again if the file
 * or the database was lost. The tables must exist, and no other program may use the state folder.
 */
export async function localTenantKey(state: string): Promise<string> {
  const file = localKeyFile(state);
  const { db, close } = await openLocalDatabase(state);
  try {
    const savedKey = existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
    if (savedKey && (await authenticate(`Bearer ${savedKey}`, db, systemClock))) return savedKey;
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
  // The tenant exists and its key is lost: create another key.
  const tenant = await findTenant(db, NAME);
  if (!tenant) throw new Error(created.message);
  const context = { db, actor: { tenantId: tenant.id, keyId: null }, clock: systemClock };
  const key = await createApiKey(context, {
    name: `local ${new Date(systemClock()).toISOString()}`,
    scopes: ["ADMIN"],
  });
  if (key.kind === "conflict") throw new Error(key.message);
  return key.token;
}

/** `node cli/local-tenant.ts STATE` creates the key if it is missing, and writes both files. */
if (import.meta.main) {
  const [, , state = ""] = process.argv;
  writeFileSync(developmentKeyFile(state), `DEVELOPMENT_KEY='${await localTenantKey(state)}'\n`, { mode: 0o600 });
}
