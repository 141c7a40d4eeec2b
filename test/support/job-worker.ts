import type { Client } from "../../cli/client.ts";
import type { LogLine } from "../../workers/platform/log.ts";
import type { Bundle } from "./bundles.ts";
import { type FakeJobService, startFakeJobService } from "./fake-job-service.ts";
import { type RunningWorker, startWorker, type TestEnv } from "./worker.ts";

/** Access to the storage and the log behind the API. */
export interface Inspection {
  /** Runs SQL in D1. */
  query<T>(sql: string, ...bound: unknown[]): Promise<T[]>;
  /** The keys of all objects in R2 and of all rows for objects. They must be the same. */
  listBlobs(): Promise<{ objects: string[]; rows: string[] }>;
  /** The Worker's log entries for a job. */
  logEntries(jobId: string): LogLine[];
}

/** The Worker with a fake job service and a tenant. */
export interface JobWorker extends Inspection {
  worker: RunningWorker;
  service: FakeJobService;
  tenantId: string;
  api: Client;
  key: string;
  close(): Promise<void>;
}

export async function startJobWorker(
  vars: Record<string, string> = {},
  bundle: Bundle = "product",
): Promise<JobWorker> {
  const service = await startFakeJobService();
  const worker = await startWorker({
    bundle,
    vars: { JOB_SERVICE_URL: service.url, ALLOW_LOOPBACK_URLS: "true", ...vars },
  });
  const { id: tenantId, api, key } = await worker.tenant();
  return {
    worker,
    service,
    tenantId,
    api,
    key,
    ...inspect(worker),
    close: async () => {
      await worker.close();
      await service.close();
    },
  };
}

export function inspect({ harness }: RunningWorker): Inspection {
  // Read each time, because a restarted Worker has new bindings.
  const env = () => harness.getWorker<TestEnv>().getEnv();
  const query = async <T>(sql: string, ...bound: unknown[]) =>
    (
      await (
        await env()
      ).DB.prepare(sql)
        .bind(...bound)
        .all<T>()
    ).results;
  return {
    query,
    logEntries: (jobId) =>
      harness
        .getLogs()
        .filter(({ message }) => message.includes(jobId))
        .map(({ message }) => JSON.parse(message) as LogLine),
    listBlobs: async () => ({
      objects: (await (await env()).BLOBS.list()).objects.map((object) => object.key).sort(),
      rows: (await query<{ key: string }>("select key from blobs")).map((row) => row.key).sort(),
    }),
  };
}
