import * as v from "valibot";
import { StoredWork } from "../../schema/protocol/dispatch.ts";
import type { Report } from "../../schema/protocol/report.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import type { JobWorkflows } from "./job-workflows.ts";
import type { Change, Job, JobRef, Jobs } from "./jobs.ts";
import { type JobKinds, kindOf, type ResultArtifact } from "./kinds.ts";
import { attemptFailed, attemptProgressed, end, hasEnded, ignoreReason, type ReportPosition } from "./transitions.ts";

/** The response to the job service. `invalid`: nothing was changed, and `message` says what to send instead. */
export type ReportAck = { kind: "acknowledged"; stop: boolean } | { kind: "invalid"; message: string };

export interface ReportDeps {
  jobs: Jobs;
  blobs: Blobs;
  workflows: JobWorkflows;
  clock: Clock;
  kinds: JobKinds;
  /** The maximum number of attempts of a job. */
  attempts: number;
}

const invalid = (message: string): ReportAck => ({ kind: "invalid", message });
export const acknowledge = (job: Job | undefined, { attempt }: Pick<ReportPosition, "attempt">): ReportAck => ({
  kind: "acknowledged",
  stop: job === undefined || hasEnded(job) || job.attempt !== attempt,
});

/** Applies a report of the current attempt if its sequence number is new. Any other report changes nothing. */
export async function takeReport(
  ref: JobRef,
  position: ReportPosition,
  report: Report,
  deps: ReportDeps,
): Promise<ReportAck> {
  const { jobs, clock, attempts } = deps;
  switch (report.event) {
    case "queued":
    case "running":
      return apply(ref, position, (job) => attemptProgressed(job, position, report, clock()), deps);
    case "failed":
      return apply(ref, position, (job) => attemptFailed(job, position, report, attempts, clock()), deps);
    case "canceled":
      // The Worker did not cancel this attempt (it would be ignored), so the service was shut down. The next attempt resumes the job.
      return apply(ref, position, (job) => attemptFailed(job, position, STOPPED, attempts, clock()), deps);
    case "succeeded": {
      const job = await jobs.find(ref);
      if (!job || ignoreReason(job, position)) return acknowledge(job, position);
      return succeed(job, position, report, deps);
    }
    default:
      return report satisfies never;
  }
}

const STOPPED = {
  message: "The job service was shut down before the job was complete. Start the job again.",
  retry: true,
};

async function apply(
  ref: JobRef,
  position: ReportPosition,
  decide: (job: Job) => Change | undefined,
  { jobs, workflows }: ReportDeps,
): Promise<ReportAck> {
  const result = await jobs.change(ref, decide);
  // Also wake the workflow if the report is a repeat: the event of the first one may have been lost.
  if (result && (hasEnded(result.job) || result.job.reportedAt === null)) await workflows.wake(ref.jobId);
  return acknowledge(result?.job, position);
}

type Succeeded = Extract<Report, { event: "succeeded" }>;

/** Ends the job if each artifact that the report names was put with the same hash. */
async function succeed(
  job: Job,
  position: ReportPosition,
  { delivered, step, steps }: Succeeded,
  deps: ReportDeps,
): Promise<ReportAck> {
  const { blobs, clock, kinds } = deps;
  const ref = { tenantId: job.tenantId, jobId: job.id };
  const work = v.parse(StoredWork, job.work);
  const artifacts = job.delivered;
  const received = { sequence: position.sequence, reportedAt: new Date(clock()), step, steps };

  /** The key of the artifact, if it was put with this hash. */
  const keyOf = async (artifact: ResultArtifact, sha256: string): Promise<string | undefined> => {
    const key = artifacts[artifact];
    const info = key === undefined ? undefined : await blobs.info(job.tenantId, key);
    return info?.sha256 === sha256 ? key : undefined;
  };
  const success = (fields: Change["set"], extra: Pick<Change, "style" | "keepBlobs"> = {}) =>
    apply(
      ref,
      position,
      (current) => {
        // The artifacts must not have changed since their hashes were compared.
        if (ignoreReason(current, position) || JSON.stringify(current.delivered) !== JSON.stringify(artifacts))
          return undefined;
        const change = end(current, "SUCCEEDED", clock(), { ...received, ...fields });
        return change && { ...change, ...extra };
      },
      deps,
    );

  if (delivered.kind !== work.kind)
    return invalid(`This job has the kind ${work.kind}. Send "delivered" with the same kind.`);
  const kind = kindOf(kinds, work);
  const keys: Partial<Record<ResultArtifact, string>> = {};
  for (const [artifact, sha256] of Object.entries(kind.artifactsOf(delivered)) as [ResultArtifact, string][]) {
    const key = await keyOf(artifact, sha256);
    if (key === undefined) return missingArtifact(artifact);
    keys[artifact] = key;
  }
  const { set, ...extra } = kind.success(
    job,
    work,
    delivered,
    keys as Record<ResultArtifact, string>,
    new Date(clock()),
  );
  return success(set, extra);
}

const missingArtifact = (artifact: string) =>
  invalid(`No ${artifact} with this SHA-256 was put. Put it below the report URL, then send the report again.`);
