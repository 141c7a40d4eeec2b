import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesBelow, workerdBelow } from "../../bench/processes.ts";
import { type Client, createClient } from "../../cli/client.ts";
import { type JobService, startJobService } from "../../cli/job-service.ts";
import { smallNet } from "../../container/jobs/testing/net.ts";
import type { Bundle } from "./bundles.ts";
import { type Inspection, inspect } from "./job-worker.ts";
import { freePort } from "./ports.ts";
import { startRelay } from "./relay.ts";
import { startWorker } from "./worker.ts";

/** The complete product: the real Worker and, if it was started, the real job service. They reach each other through a relay. */
export interface FullSystem extends Inspection {
  url: string;
  key: string;
  api: Client;
  /** All requests of the job service to the Worker pass through this relay. */
  relay: Awaited<ReturnType<typeof startRelay>>;
  /** Starts the job service at the address that the Worker knows, if it does not run yet. */
  startService(): Promise<void>;
  /** Stops the job service with SIGTERM. */
  stopService(): Promise<void>;
  /** Kills the job service with SIGKILL. */
  killService(): Promise<void>;
  /** The process ids of its jobs. */
  jobProcesses(): number[];
  /** Kills workerd with SIGKILL. Call `restartWorker` to start it again. */
  killWorker(): void;
  restartWorker(): Promise<void>;
  /** The audited actions on a job, in order. */
  auditActions(jobId: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Layers of the default loss network in tests, which is so small that a step takes milliseconds. */
export const SMALL_NET_LAYERS = { contentLayer: "coarse", styleLayers: [{ layer: "fine", weight: 1 }] };
/** Value for the service's SEMBLANCE_LOSS_NET: it uses its default, the real loss network. */
export const REAL_NET = "";

export async function startFullSystem({
  vars = {},
  service: variables = {},
  bundle = "product",
}: {
  /** Settings of the Worker. */
  vars?: Record<string, string>;
  /** Settings of the job service. */
  service?: Record<string, string>;
  bundle?: Bundle;
} = {}): Promise<FullSystem> {
  const folder = mkdtempSync(join(tmpdir(), "semblance-system-"));
  const network = join(folder, "small.onnx");
  writeFileSync(network, smallNet());
  const relay = await startRelay();
  const port = await freePort();
  const worker = await startWorker({
    bundle,
    vars: {
      JOB_SERVICE_URL: `http://127.0.0.1:${port}`,
      SEMBLANCE_ISSUER: relay.url,
      ALLOW_LOOPBACK_URLS: "true",
      ...vars,
    },
  });
  relay.target = worker.url;
  const { key } = await worker.tenant();
  let service: JobService | undefined;
  const endService = async (signal: "SIGTERM" | "SIGKILL") => {
    if (service && signal === "SIGKILL") process.kill(service.pid, signal);
    await service?.stop();
    service = undefined;
  };
  const { query, listBlobs, logEntries } = inspect(worker);
  return {
    url: worker.url,
    key,
    api: createClient(worker.url, key),
    relay,
    query,
    listBlobs,
    logEntries,
    async startService() {
      service ??= await startJobService({
        port,
        issuer: relay.url,
        vars: { SEMBLANCE_PROVIDER: "cpu", SEMBLANCE_LOSS_NET: network, ...variables },
      });
    },
    stopService: () => endService("SIGTERM"),
    killService: () => endService("SIGKILL"),
    jobProcesses: () => (service ? processesBelow(service.pid, "job-process") : []),
    killWorker() {
      for (const pid of workerdBelow(process.pid)) process.kill(pid, "SIGKILL");
    },
    async restartWorker() {
      await worker.harness.update((options) => ({ ...options }));
      await worker.harness.listen();
    },
    auditActions: async (jobId) =>
      (await query<{ action: string }>("select action from audit where target = ? order by created_at, id", jobId)).map(
        ({ action }) => action,
      ),
    async close() {
      await endService("SIGTERM");
      await worker.close();
      await relay.close();
      rmSync(folder, { recursive: true });
    },
  };
}
