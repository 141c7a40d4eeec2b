import type { D1Database, DurableObjectNamespace, R2Bucket } from "@cloudflare/workers-types";
import { createTestHarness, type TestHarness } from "wrangler";
import { type Client, createClient } from "../../cli/client.ts";
import { newSecrets, type Secrets } from "../../cli/signing-keys.ts";
import { ROOT } from "../../cli/state.ts";
import { createTenant } from "../../workers/access/tenants.ts";
import { systemClock } from "../../workers/platform/clock.ts";
import { openDatabase } from "../../workers/platform/database.ts";
import { type Bundle, bundleFolder } from "./bundles.ts";
import { startForwarder } from "./forwarder.ts";

/** The bindings that tests read directly. */
export interface TestEnv {
  DB: D1Database;
  GALLERY_SHARD: DurableObjectNamespace;
  BLOBS: R2Bucket;
}

/** A real workerd with the complete Worker and with its own empty D1, Durable Objects, queue and R2. */
export interface RunningWorker {
  url: string;
  harness: TestHarness;
  env: TestEnv;
  secrets: Secrets;
  /** Creates a tenant, and a client with its ADMIN key. */
  tenant(name?: string): Promise<{ id: string; key: string; api: Client }>;
  /** Runs the schedule once. */
  schedule(): Promise<void>;
  close(): Promise<void>;
}

let tenants = 0;

export async function startWorker({
  bundle = "product",
  vars = {},
}: {
  bundle?: Bundle;
  vars?: Record<string, string>;
} = {}): Promise<RunningWorker> {
  const secrets = await newSecrets();
  const forwarder = await startForwarder();
  const harness = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: "wrangler.toml",
        prebuiltWorkerDir: bundleFolder(bundle),
        vars: { SEMBLANCE_ISSUER: forwarder.url, RATE_LIMITS: "off", ...vars },
        secrets: { ...secrets },
      },
    ],
  });
  forwarder.port = Number((await harness.listen()).url.port);
  const worker = harness.getWorker<TestEnv>();
  await worker.applyD1Migrations("DB");
  const env = await worker.getEnv();
  return {
    url: forwarder.url,
    harness,
    env,
    secrets,
    tenant: async (name = `Tenant ${++tenants}`) => {
      const created = await createTenant(openDatabase(env.DB), name, systemClock);
      if (created.kind === "conflict") throw new Error(created.message);
      return { id: created.tenant.id, key: created.token, api: createClient(forwarder.url, created.token) };
    },
    schedule: async () => {
      await worker.scheduled({ cron: "* * * * *", scheduledTime: new Date() });
    },
    close: async () => {
      await harness.close();
      await forwarder.close();
    },
  };
}
