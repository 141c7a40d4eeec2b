import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { type Database, openDatabase } from "../workers/platform/database.ts";
import { ROOT } from "./state.ts";

export interface LocalDatabase {
  d1: D1Database;
  db: Database;
  close(): Promise<void>;
}

/**
 * Opens the local D1 database that `wrangler dev --persist-to <state>` serves. If `state` is omitted, opens an empty database that is
 * not persisted. Do not open it while the server runs: two processes must not write to one file.
 */
export async function openLocalDatabase(state?: string): Promise<LocalDatabase> {
  // Imported here, because it takes two seconds to load and --help should not wait for it.
  const { getPlatformProxy, unstable_readConfig } = await import("wrangler");
  // Only the database: for each other binding, wrangler would print a warning that it is not available here.
  const { d1_databases, compatibility_date } = unstable_readConfig({ config: resolve(ROOT, "wrangler.toml") });
  const folder = mkdtempSync(join(tmpdir(), "semblance-"));
  try {
    const configPath = join(folder, "wrangler.json");
    writeFileSync(configPath, JSON.stringify({ name: "semblance", compatibility_date, d1_databases }));
    const { env, dispose } = await getPlatformProxy<{ DB: D1Database }>({
      configPath,
      // wrangler keeps version 3 of its storage layout in the subfolder v3.
      persist: state === undefined ? false : { path: resolve(state, "v3") },
      remoteBindings: false,
    });
    return { d1: env.DB, db: openDatabase(env.DB), close: dispose };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
