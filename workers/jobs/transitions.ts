import type { Report } from "../../schema/protocol/report.ts";
import type { LossRow } from "../../schema/tables.ts";
import type { Change, Job, JobState } from "./jobs.ts";

/**
 * The transitions of a job: QUEUED, DISPATCHED, RUNNING, then one of the four final states. Each function returns what to write for a
 * job in its current state, or undefined if nothing changes. A new attempt keeps the state.
 */

const FINAL_STATES: readonly JobState[] = ["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"];
export const hasEnded = ({ state }: Job): boolean => FINAL_STATES.includes(state);

const AUDIT_ACTIONS = {
  SUCCEEDED: "succeedJob",
  FAILED: "failJob",
  CANCELED: "cancelJob",
  EXPIRED: "expireJob",
} as const satisfies Partial<Record<JobState, string>>;
type FinalState = keyof typeof AUDIT_ACTIONS;

/** Ends the job. A job that has already ended keeps its state. */
export function end(job: Job, state: FinalState, now: number, fields: Partial<Change["set"]> = {}): Change | undefined {
  if (hasEnded(job)) return undefined;
  return { set: { error: null, ...fields, state, finishedAt: new Date(now) }, action: AUDIT_ACTIONS[state] };
}

/** Begins an attempt, before it is dispatched. From then on, reports of older attempts are ignored. */
export function beginAttempt(job: Job, attempt: number, now: number): Change | undefined {
  if (hasEnded(job) || job.attempt >= attempt) return undefined;
  const startStep = job.checkpointStep ?? 0;
  return {
    set: {
      attempt,
      sequence: 0,
      delivered: {},
      reportedAt: new Date(now),
      quietUntil: null,
      error: null,
      step: startStep,
      losses: job.losses.filter(([step]) => step <= startStep),
    },
    action: "beginJobAttempt",
  };
}

/** The job service has accepted the attempt. Reports of the attempt can arrive before this, even the last one. */
export function attemptAccepted(job: Job, attempt: number, now: number): Change | undefined {
  if (hasEnded(job) || job.attempt !== attempt || job.reportedAt === null) return undefined;
  return withDispatchedState(job, { reportedAt: new Date(now), dispatchError: null, quietUntil: null });
}

/** The job service did not accept the attempt. The next dispatch is at `retryAt`, in milliseconds since 1970. */
export const attemptNotAccepted = (
  job: Job,
  attempt: number,
  dispatchError: string,
  retryAt: number,
): Change | undefined =>
  hasEnded(job) || job.attempt !== attempt ? undefined : { set: { dispatchError, quietUntil: new Date(retryAt) } };

/** Adds the state DISPATCHED to the change if the job is QUEUED. */
const withDispatchedState = ({ state }: Job, set: Change["set"]): Change =>
  state === "QUEUED" ? { set: { ...set, state: "DISPATCHED" }, action: "dispatchJob" } : { set };

/** The position of a report or an artifact in the sequence of its attempt. */
export interface ReportPosition {
  attempt: number;
  sequence: number;
}

/**
 * Why a report or an artifact is ignored. "outdated": the job has ended or has another attempt. "repeated": its sequence number is not
 * new. Undefined if it is not ignored.
 */
export function ignoreReason(job: Job, { attempt, sequence }: ReportPosition): "outdated" | "repeated" | undefined {
  if (hasEnded(job) || attempt !== job.attempt) return "outdated";
  return sequence <= job.sequence ? "repeated" : undefined;
}

/** The attempt has reported that it waits or runs. */
export function attemptProgressed(
  job: Job,
  position: ReportPosition,
  report: Extract<Report, { event: "queued" | "running" }>,
  now: number,
): Change | undefined {
  if (ignoreReason(job, position)) return undefined;
  const received = { sequence: position.sequence, reportedAt: new Date(now), step: report.step, steps: report.steps };
  if (report.event === "queued") return withDispatchedState(job, received);
  const lastStep = job.losses.at(-1)?.[0] ?? 0;
  const set = {
    ...received,
    provider: report.provider,
    losses: downsample([...job.losses, ...report.losses.filter(([step]) => step > lastStep)]),
  };
  return job.state === "RUNNING"
    ? { set }
    : { set: { ...set, state: "RUNNING", startedAt: new Date(now) }, action: "runJob" };
}

/**
 * The attempt has failed. If a retry can succeed and an attempt is left, `reportedAt` becomes null, and the job's workflow begins the
 * next attempt. Otherwise the job fails. The message is stored in both cases: it is the job's error if no further attempt begins.
 */
export function attemptFailed(
  job: Job,
  position: ReportPosition,
  { message, retry }: { message: string; retry: boolean },
  attempts: number,
  now: number,
): Change | undefined {
  if (ignoreReason(job, position)) return undefined;
  const received = { sequence: position.sequence, error: message };
  return retry && job.attempt < attempts
    ? { set: { ...received, reportedAt: null } }
    : end(job, "FAILED", now, { ...received, reportedAt: new Date(now) });
}

/** The maximum number of stored points of a loss curve. */
const MAX_LOSSES = 400;

/** Keeps every second point and the last one, until the curve is short enough. */
export const downsample = (losses: LossRow[]): LossRow[] =>
  losses.length <= MAX_LOSSES ? losses : downsample(losses.filter((_, i) => i % 2 === 0 || i === losses.length - 1));
