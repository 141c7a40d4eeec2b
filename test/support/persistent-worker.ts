import { resolve } from "node:path";
import { unstable_readConfig, unstable_startWorker } from "wrangler";
import { type Client, createClient } from "../../cli/client.ts";
import { openLocalDatabase } from "../../cli/local-database.ts";
import { newSecrets } from "../../cli/signing-keys.ts";
import { ROOT } from "../../cli/state.ts";
import { createTenant } from "../../workers/access/tenants.ts";
import { systemClock } from "../../workers/platform/clock.ts";
import { bundleFolder } from "./bundles.ts";
import { createTables } from "./d1.ts";

/** Prepares a state folder with all tables and one tenant. Returns the tenant's id and ADMIN key. */
export async function newState(state: string): Promise<{ tenantId: string; key: string }> {
  const database = await openLocalDatabase(state);
  try {
    await createTables(database.d1);
    const created = await createTenant(database.db, "Tenant", systemClock);
    if (created.kind === "conflict") throw new Error(created.message);
    return { tenantId: created.tenant.id, key: created.token };
  } finally {
    await database.close();
  }
}

/** A real workerd with the complete product that stores its data in a folder, as `npm run dev` does. */
export interface PersistentWorker {
  api: Client;
  /** Runs the schedule once. */
  schedule(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPersistentWorker(state: string, key: string): Promise<PersistentWorker> {
  const folder = bundleFolder("product");
  const worker = await unstable_startWorker({
    // The product's own configuration, with the bundle that was built before the tests.
    config: {
      ...unstable_readConfig({ config: resolve(ROOT, "wrangler.toml") }),
      main: resolve(folder, "index.js"),
      base_dir: folder,
      no_bundle: true,
      find_additional_modules: true,
    },
    bindings: Object.fromEntries(
      Object.entries(await newSecrets()).map(([name, value]) => [name, { type: "secret_text" as const, value }]),
    ),
    dev: {
      server: { hostname: "127.0.0.1", port: 0 },
      inspector: false,
      logLevel: "none",
      watch: false,
      persist: state,
    },
  });
  const { href } = await worker.url;
  return {
    api: createClient(href, key),
    schedule: async () => {
      await fetch(new URL(`/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`, href));
    },
    stop: () => worker.dispose(),
  };
}
