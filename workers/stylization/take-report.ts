import * as v from "valibot";
import { StoredWork } from "../../schema/protocol/dispatch.ts";
import type { Report } from "../../schema/protocol/report.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import type { Lives } from "./job-life.ts";
import type { Change, Job, JobAddress, Jobs } from "./jobs.ts";
import { attemptFailed, end, hasEnded, ignored, progressed, type ReportPosition } from "./transitions.ts";

/** What the job service is answered. `unfit`: nothing was changed, and `message` says what to send instead. */
export type ReportAck = { kind: "acknowledged"; stop: boolean } | { kind: "unfit"; message: string };

export interface ReportTools {
  jobs: Jobs;
  blobs: Blobs;
  lives: Lives;
  clock: Clock;
  /** How many a job has. */
  attempts: number;
}

const unfit = (message: string): ReportAck => ({ kind: "unfit", message });
export const acknowledged = (job: Job | undefined, { attempt }: Pick<ReportPosition, "attempt">): ReportAck => ({
  kind: "acknowledged",
  stop: job === undefined || hasEnded(job) || job.attempt !== attempt,
});

/** Believes a report of the attempt that is underway, in the order of its sequence numbers; all others change nothing. */
export async function takeReport(
  at: JobAddress,
  position: ReportPosition,
  report: Report,
  tools: ReportTools,
): Promise<ReportAck> {
  const { jobs, clock, attempts } = tools;
  switch (report.event) {
    case "queued":
    case "running":
      return changed(at, position, (job) => progressed(job, position, report, clock()), tools);
    case "failed":
      return changed(at, position, (job) => attemptFailed(job, position, report, attempts, clock()), tools);
    case "canceled":
      // Nobody told it to, where this counts: the service was stopped, and another attempt may go on.
      return changed(at, position, (job) => attemptFailed(job, position, STOPPED, attempts, clock()), tools);
    case "succeeded": {
      const job = await jobs.find(at);
      if (!job || ignored(job, position)) return acknowledged(job, position);
      return succeed(job, position, report, tools);
    }
    default:
      return report satisfies never;
  }
}

const STOPPED = { message: "The job service stopped the job before it was done. Start it again.", retry: true };

async function changed(
  at: JobAddress,
  position: ReportPosition,
  decide: (job: Job) => Change | undefined,
  { jobs, lives }: ReportTools,
): Promise<ReportAck> {
  const done = await jobs.change(at, decide);
  // Also of a report that changes nothing: the news of the first one may be what was lost.
  if (done && (hasEnded(done.job) || done.job.reportedAt === null)) await lives.tell(at.jobId);
  return acknowledged(done?.job, position);
}

type Succeeded = Extract<Report, { event: "succeeded" }>;

/** The job has its result when all that the report names is there and is what it names. */
async function succeed(
  job: Job,
  position: ReportPosition,
  { delivered, step, steps }: Succeeded,
  tools: ReportTools,
): Promise<ReportAck> {
  const { blobs, clock } = tools;
  const at = { tenantId: job.tenantId, jobId: job.id };
  const work = v.parse(StoredWork, job.work);
  const put = job.delivered;
  const received = { sequence: position.sequence, reportedAt: new Date(clock()), step, steps };

  /** The key of an artifact that was put with this hash. */
  const keyOf = async (artifact: keyof Job["delivered"], sha256: string): Promise<string | undefined> => {
    const key = put[artifact];
    const info = key === undefined ? undefined : await blobs.info(job.tenantId, key);
    return info?.sha256 === sha256 ? key : undefined;
  };
  const success = (more: Change["set"], made: Pick<Change, "style" | "keep"> = {}) =>
    changed(
      at,
      position,
      (present) => {
        // What was put is what was looked at.
        if (ignored(present, position) || JSON.stringify(present.delivered) !== JSON.stringify(put)) return undefined;
        const change = end(present, "SUCCEEDED", clock(), { ...received, ...more });
        return change && { ...change, ...made };
      },
      tools,
    );

  if (delivered.kind === "optimizeStyle" && work.kind === "optimizeStyle") {
    const resultKey = await keyOf("result", delivered.result);
    return resultKey === undefined ? missing("result") : success({ resultKey });
  }
  if (delivered.kind === "trainStyle" && work.kind === "trainStyle") {
    const [netKey, thumbnailKey] = [await keyOf("net", delivered.net), await keyOf("thumbnail", delivered.thumbnail)];
    if (netKey === undefined) return missing("net");
    if (thumbnailKey === undefined) return missing("thumbnail");
    const paintingKey = work.painting.key;
    const style = {
      tenantId: job.tenantId,
      id: newId("style"),
      name: work.name,
      jobId: job.id,
      netKey,
      paintingKey,
      thumbnailKey,
      netSha256: delivered.net,
      traits: delivered.traits,
      createdAt: new Date(clock()),
    };
    return success({ styleId: style.id }, { style, keep: [netKey, paintingKey, thumbnailKey] });
  }
  return unfit(`This job delivers what ${work.kind} makes.`);
}

const missing = (artifact: string) =>
  unfit(`There is no ${artifact} with this SHA-256. Put it below this address, then report again.`);
