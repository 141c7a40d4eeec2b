import type { Report } from "../../schema/protocol/report.ts";
import type { LossRow } from "../../schema/tables.ts";
import type { Change, Job, JobState } from "./jobs.ts";

/**
 * What may follow: QUEUED, DISPATCHED, RUNNING, then one of the four ends. Each function says what is to be written of a job as
 * it is, or nothing where nothing follows. A new attempt leaves the state.
 */

const ENDS: readonly JobState[] = ["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"];
export const hasEnded = ({ state }: Job): boolean => ENDS.includes(state);

const AUDITED = {
  SUCCEEDED: "succeedJob",
  FAILED: "failJob",
  CANCELED: "cancelJob",
  EXPIRED: "expireJob",
} as const satisfies Partial<Record<JobState, string>>;
type End = keyof typeof AUDITED;

/** The job ends so; it keeps what it has ended by, if it has ended. */
export function end(job: Job, state: End, now: number, more: Partial<Change["set"]> = {}): Change | undefined {
  if (hasEnded(job)) return undefined;
  return { set: { error: null, ...more, state, finishedAt: new Date(now) }, action: AUDITED[state] };
}

/** The attempt begins, before anybody is told of it: from now on no older one is heard. */
export function beginAttempt(job: Job, attempt: number, now: number): Change | undefined {
  if (hasEnded(job) || job.attempt >= attempt) return undefined;
  const from = job.checkpointStep ?? 0;
  return {
    set: {
      attempt,
      sequence: 0,
      delivered: {},
      reportedAt: new Date(now),
      quietUntil: null,
      error: null,
      step: from,
      losses: job.losses.filter(([step]) => step <= from),
    },
    action: "beginJobAttempt",
  };
}

/** The job service has accepted the attempt. Its first report may have come before, or its last. */
export function accepted(job: Job, attempt: number, now: number): Change | undefined {
  if (hasEnded(job) || job.attempt !== attempt || job.reportedAt === null) return undefined;
  return dispatched(job, { reportedAt: new Date(now), dispatchError: null, quietUntil: null });
}

/** The job service did not take the attempt this time. It is handed over again at `again`, in milliseconds since 1970. */
export const notTaken = (job: Job, attempt: number, dispatchError: string, again: number): Change | undefined =>
  hasEnded(job) || job.attempt !== attempt ? undefined : { set: { dispatchError, quietUntil: new Date(again) } };

/** That somebody has it to do, beside what else is written. */
const dispatched = ({ state }: Job, set: Change["set"]): Change =>
  state === "QUEUED" ? { set: { ...set, state: "DISPATCHED" }, action: "dispatchJob" } : { set };

/** What an attempt tells, by its place in what it tells. */
export interface ReportPosition {
  attempt: number;
  sequence: number;
}

/** Why what was told changes nothing; undefined where it counts. */
export function ignored(job: Job, { attempt, sequence }: ReportPosition): "over" | "repeated" | undefined {
  if (hasEnded(job) || attempt !== job.attempt) return "over";
  return sequence <= job.sequence ? "repeated" : undefined;
}

/** A report that is no end. */
export function progressed(
  job: Job,
  position: ReportPosition,
  report: Extract<Report, { event: "queued" | "running" }>,
  now: number,
): Change | undefined {
  if (ignored(job, position)) return undefined;
  const received = { sequence: position.sequence, reportedAt: new Date(now), step: report.step, steps: report.steps };
  if (report.event === "queued") return dispatched(job, received);
  const set = {
    ...received,
    provider: report.provider,
    losses: thinned([...job.losses, ...report.losses.filter(([step]) => step > (job.losses.at(-1)?.[0] ?? 0))]),
  };
  return job.state === "RUNNING"
    ? { set }
    : { set: { ...set, state: "RUNNING", startedAt: new Date(now) }, action: "runJob" };
}

/**
 * The attempt ends without a result: the job with it, unless another may do better and there is one left. Then the job's
 * Workflow begins it; what was wrong is told should it be the last.
 */
export function attemptFailed(
  job: Job,
  position: ReportPosition,
  { message, retry }: { message: string; retry: boolean },
  attempts: number,
  now: number,
): Change | undefined {
  if (ignored(job, position)) return undefined;
  const received = { sequence: position.sequence, error: message };
  return retry && job.attempt < attempts
    ? { set: { ...received, reportedAt: null } }
    : end(job, "FAILED", now, { ...received, reportedAt: new Date(now) });
}

/** Points of a curve that are kept. */
const MOST_LOSSES = 400;

/** Of a curve that grew too long every second point, and the last. */
export const thinned = (losses: LossRow[]): LossRow[] =>
  losses.length <= MOST_LOSSES ? losses : thinned(losses.filter((_, i) => i % 2 === 0 || i === losses.length - 1));
