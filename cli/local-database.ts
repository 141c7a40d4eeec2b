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
 * The D1 of this machine: the one that `wrangler dev --persist-to <state>` serves; without a state, an empty one that is
 * forgotten. Not both at once: two processes must not write to one file.
 */
export async function openLocalDatabase(state?: string): Promise<LocalDatabase> {
  // Two seconds to load: who only asks for --help does not wait for it.
  const { getPlatformProxy, unstable_readConfig } = await import("wrangler");
  // The database alone: of the other bindings wrangler would say at length that they are not served here.
  const { d1_databases, compatibility_date } = unstable_readConfig({ config: resolve(ROOT, "wrangler.toml") });
  const folder = mkdtempSync(join(tmpdir(), "semblance-"));
  try {
    const configPath = join(folder, "wrangler.json");
    writeFileSync(configPath, JSON.stringify({ name: "semblance", compatibility_date, d1_databases }));
    const { env, dispose } = await getPlatformProxy<{ DB: D1Database }>({
      configPath,
      // wrangler keeps the third version of its layout in a folder of its own.
      persist: state === undefined ? false : { path: resolve(state, "v3") },
      remoteBindings: false,
    });
    return { d1: env.DB, db: openDatabase(env.DB), close: dispose };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
