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

/** The whole product: the real Worker and, where it was started, the real job service, which reach each other through a relay. */
export interface FullSystem extends Inspection {
  url: string;
  key: string;
  api: Client;
  /** What the job service sends to the Worker, and fetches from it, goes through here. */
  relay: Awaited<ReturnType<typeof startRelay>>;
  /** Starts the job service, unless it runs, at the address that the Worker knows. */
  startService(): Promise<void>;
  /** Ends it in order: SIGTERM. */
  stopService(): Promise<void>;
  /** Ends it at once: SIGKILL. */
  killService(): Promise<void>;
  /** The processes of its jobs. */
  jobProcesses(): number[];
  /** SIGKILL for workerd; the Worker is away until it is started again. */
  killWorker(): void;
  restartWorker(): Promise<void>;
  /** What happened to a job, in order. */
  auditActions(jobId: string): Promise<string[]>;
  close(): Promise<void>;
}

/** The layers of the loss network that the job service has unless it is told otherwise: a step takes milliseconds. */
export const SMALL_NET_LAYERS = { contentLayer: "coarse", styleLayers: [{ layer: "fine", weight: 1 }] };
/** As the service's SEMBLANCE_LOSS_NET: the real loss network, which is its own choice. */
export const REAL_NET = "";

export async function startFullSystem({
  vars = {},
  service: variables = {},
  bundle = "product",
}: {
  /** Of the Worker. */
  vars?: Record<string, string>;
  /** Of the job service. */
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
