import type { Client } from "../../cli/client.ts";
import type { LogEntry } from "../../workers/platform/log.ts";
import type { Bundle } from "./bundles.ts";
import { type JobService, startJobService } from "./job-service.ts";
import { type RunningWorker, startWorker, type TestEnv } from "./worker.ts";

/** What stands behind the API, as it is now. */
export interface Behind {
  /** What D1 answers. */
  rows<T>(sql: string, ...bound: unknown[]): Promise<T[]>;
  /** The keys of all objects in R2 and of all rows that speak of one: they must be the same. */
  blobs(): Promise<{ objects: string[]; rows: string[] }>;
  /** What the Worker has logged of a job, as it stands in the log. */
  logged(jobId: string): LogEntry[];
}

/** The Worker with a job service that does what a test tells it, and a tenant. */
export interface JobWorker extends Behind {
  worker: RunningWorker;
  service: JobService;
  tenantId: string;
  api: Client;
  key: string;
  close(): Promise<void>;
}

export async function startJobWorker(
  vars: Record<string, string> = {},
  bundle: Bundle = "product",
): Promise<JobWorker> {
  const service = await startJobService();
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
    ...behind(worker),
    close: async () => {
      await worker.close();
      await service.close();
    },
  };
}

export function behind({ harness }: RunningWorker): Behind {
  // Asked for each time: a Worker that was restarted has other bindings.
  const env = () => harness.getWorker<TestEnv>().getEnv();
  const rows = async <T>(sql: string, ...bound: unknown[]) =>
    (
      await (
        await env()
      ).DB.prepare(sql)
        .bind(...bound)
        .all<T>()
    ).results;
  return {
    rows,
    logged: (jobId) =>
      harness
        .getLogs()
        .filter(({ message }) => message.includes(jobId))
        .map(({ message }) => JSON.parse(message) as LogEntry),
    blobs: async () => ({
      objects: (await (await env()).BLOBS.list()).objects.map((object) => object.key).sort(),
      rows: (await rows<{ key: string }>("select key from blobs")).map((row) => row.key).sort(),
    }),
  };
}
