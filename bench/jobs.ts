import { resolve } from "node:path";
import { type Client, createClient, PictureFile } from "../cli/client.ts";
import { startProduct } from "../cli/product.ts";
import { startServer } from "../cli/server.ts";
import { watchJob } from "../client/src/jobs.ts";
import { type Attempt, startFakeJobService } from "../test/support/fake-job-service.ts";
import type { BenchSetup } from "./bench-server.ts";
import { median, quantile, type Row, row } from "./measure.ts";
import { CANCEL_JOB, OPTIMIZE } from "./requests.ts";

const JOBS = 5;
const REPORTS = 40;
/** Milliseconds between two reports. */
const REPORT_INTERVAL_MS = 100;

/** Delays of a job: from the mutation to the first step, and from a report to a subscriber. */
export async function jobs(place: BenchSetup): Promise<Row[]> {
  return [await toFirstStep(place), await toSubscriber(place)];
}

/** Time from the mutation to the report of the first step, including the start of the job's process. One job at a time. */
async function toFirstStep({ port, scratch, pictures }: BenchSetup): Promise<Row> {
  const product = await startProduct({ port, state: resolve(scratch, "jobs") });
  try {
    const api = createClient(product.url, product.key);
    const measured: number[] = [];
    // The first job is not measured, because it compiles code and loads nets that later jobs reuse.
    for (let i = 0; i <= JOBS; i++) {
      const start = Date.now();
      const id = await startJob(api, pictures.square);
      for await (const job of watchJob(api, id)) {
        if (job.state === "RUNNING" && i > 0) measured.push(Date.now() - start);
        if (job.error) throw new Error(job.error);
        if (job.state === "RUNNING") break;
      }
      await api.request(CANCEL_JOB, { id });
      await new Promise((idle) => setTimeout(idle, 3_000));
    }
    return row(
      "a job: mutation to the job service's first step",
      median(measured),
      "ms",
      { max: 2_000 },
      range(measured),
    );
  } finally {
    await product.stop();
  }
}

/** Time from sending a report to the Worker until a subscriber receives it. */
async function toSubscriber({ port, scratch, pictures }: BenchSetup): Promise<Row> {
  const service = await startFakeJobService();
  const vars = { ENVIRONMENT: "production", JOB_SERVICE_URL: service.url };
  const server = await startServer({ port, state: resolve(scratch, "progress"), vars });
  try {
    const api = createClient(server.url, server.key);
    const id = await startJob(api, pictures.square);
    const attempt = await service.waitForAttempt(id);
    await attempt.running(1, REPORTS + 1);
    const sent = new Map<number, number>();
    const measured: number[] = [];
    const sending = sendReports(attempt, sent);
    for await (const { step } of watchJob(api, id)) {
      const at = sent.get(step);
      if (at !== undefined) measured.push(performance.now() - at);
      if (step === REPORTS + 1) break;
    }
    await sending;
    return row("progress: report to subscriber, p95", quantile(measured, 0.95), "ms", { max: 1_000 }, range(measured));
  } finally {
    await server.stop();
    await service.close();
  }
}

async function sendReports(attempt: Attempt, sent: Map<number, number>): Promise<void> {
  for (let step = 2; step <= REPORTS + 1; step++) {
    await new Promise((later) => setTimeout(later, REPORT_INTERVAL_MS));
    sent.set(step, performance.now());
    await attempt.running(step, REPORTS + 1);
  }
}

async function startJob(api: Client, picture: string): Promise<string> {
  const { optimizeStyle } = await api.request<{ optimizeStyle: { job?: { id: string }; message?: string } }>(OPTIMIZE, {
    image: new PictureFile(picture),
  });
  if (!optimizeStyle.job) throw new Error(optimizeStyle.message);
  return optimizeStyle.job.id;
}

const range = (millis: readonly number[]): string =>
  `${millis.length} times: ${Math.min(...millis).toFixed(0)} … ${Math.max(...millis).toFixed(0)} ms`;
