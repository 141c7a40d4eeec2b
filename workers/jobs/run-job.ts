import type { WorkflowStep } from "cloudflare:workers";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { RequestFailure } from "../platform/request-failure.ts";
import type { DispatchOutcome } from "./dispatch.ts";
import { JOB_CHANGED, type JobWorkflows } from "./job-workflows.ts";
import type { Job, JobRef, Jobs } from "./jobs.ts";
import { attemptAccepted, attemptNotAccepted, beginAttempt, end, hasEnded } from "./transitions.ts";

/** Timeouts, retries and limits of jobs. */
export interface JobPolicy {
  /** An attempt that sends no report for this long is replaced by the next attempt. */
  leaseMs: number;
  /** The maximum number of attempts of a job. */
  attempts: number;
  /** The delay before the second try to dispatch an attempt. It doubles with each further try. */
  retryMs: number;
  /** The delays before the second try to deliver the webhook, the third and so on. */
  webhookRetriesMs: readonly number[];
  limits: JobLimits;
}

/** The limits of one tenant: how many of its jobs can be active at the same time, and how many more can wait. */
export interface JobLimits {
  active: number;
  waiting: number;
}

/**
 * The outcome of one try to deliver a webhook. `refused`: no retry, because the URL is not allowed or the receiver answered 410.
 * `message` is shown to the client.
 */
export type WebhookOutcome =
  | { kind: "delivered" }
  | { kind: "failed" | "refused"; failure: RequestFailure; message: string };

export interface RunJobDeps {
  jobs: Jobs;
  workflows: JobWorkflows;
  dispatch: (job: Job) => Promise<DispatchOutcome>;
  /** Sends the webhook event that the job has ended. */
  deliverWebhook: (job: Job) => Promise<WebhookOutcome>;
  clock: Clock;
  policy: JobPolicy;
  log: Log;
}

/** The number of failed dispatches after which the next attempt begins: 20 minutes if the delay before the second try is 5 s. */
const MAX_DISPATCHES = 9;
/**
 * The minimum wait, as a fraction of the job's age. It limits the waits of a job to 340: 30 until the job is 30 s old, then
 * ln(604,800 / 30) / ln(31 / 30) = 302 until it is a week old. Each wait takes two steps of the 1,024 that an instance can make.
 * The schedule (`stalled-jobs.ts`) and ended jobs of the same tenant wake the workflow about 90 times more.
 */
const MIN_WAIT_FRACTION = 1 / 30;
const MIN_WAIT_MS = 1_000;
/**
 * Random delay after a full queue, in addition to Retry-After: up to a quarter of the job's age, at most ten minutes. It spreads the
 * retries of jobs that were rejected at the same time.
 */
const BUSY_JITTER = { fraction: 1 / 4, maxMs: 600_000 };

/** Why an attempt failed without a report. */
type AttemptFailure = "unreachable" | "silent";

/**
 * Runs a job from its start to its end: dispatches attempts until one of them ends the job, then delivers the webhook. The whole state
 * is in D1 and in the results of the workflow's steps, so the workflow resumes after an interruption at any point. Before each step it
 * checks whether the job has already ended, for example because it was canceled.
 *
 * Step names are stored with running workflows. If you change them, these workflows repeat their steps.
 */
export async function runJob(ref: JobRef, step: WorkflowStep, deps: RunJobDeps): Promise<void> {
  const { jobs, workflows, policy } = deps;
  let steps = 0;
  const stepName = (name: string) => `${++steps} ${name}`;

  /** Waits for this long, or until an event wakes the workflow. */
  const wait = async (ms: number) => {
    await step.waitForEvent(stepName("wait"), { type: JOB_CHANGED, timeout: Math.ceil(ms) }).catch(() => undefined);
  };

  /** Begins the attempt as soon as the tenant's limit allows it. False if the job has ended. */
  async function begin(attempt: number, failure: AttemptFailure | undefined): Promise<boolean> {
    for (;;) {
      const begun = await step.do(stepName(`begin attempt ${attempt}`), () => tryToBegin(ref, attempt, failure, deps));
      if (typeof begun === "boolean") return begun;
      await wait(begun.waitMs);
    }
  }

  /** Dispatches the attempt. Retries while the queue of the job service is full, and a limited number of times after a failure. */
  async function dispatchAttempt(attempt: number): Promise<"accepted" | "ended" | AttemptFailure> {
    for (;;) {
      const outcome = await step
        .do(
          stepName(`dispatch attempt ${attempt}`),
          {
            retries: { limit: MAX_DISPATCHES - 1, delay: policy.retryMs, backoff: "exponential" },
            timeout: "1 minute",
          },
          ({ attempt: tryNumber }) => dispatchOnce(ref, tryNumber, deps),
        )
        .catch(() => "unreachable" as const);
      if (typeof outcome === "string") return outcome;
      await wait(outcome.waitMs);
    }
  }

  /** Waits until the job has ended or the lease of its attempt has expired. */
  async function waitForEnd(): Promise<"ended" | "silent"> {
    for (let waitMs = policy.leaseMs; ; ) {
      await wait(waitMs);
      const status = await step.do(stepName("look"), () => checkLease(ref, deps));
      if (typeof status === "string") return status;
      waitMs = status.waitMs;
    }
  }

  let failure: AttemptFailure | undefined;
  for (let attempt = 1; await begin(attempt, failure); attempt++) {
    const dispatched = await dispatchAttempt(attempt);
    const outcome = dispatched === "accepted" ? await waitForEnd() : dispatched;
    if (outcome === "ended") break;
    failure = outcome;
  }

  // The tenant has one active job less, so its next waiting job can begin.
  await step.do("wake the next", async () => {
    const next = await jobs.listNext(ref.tenantId, policy.limits.active);
    await Promise.all(next.map(workflows.wake));
  });
  await deliverWebhook(ref, step, deps);
}

const FAILURE_MESSAGES: Record<AttemptFailure, (attempts: number) => string> = {
  unreachable: (attempts) =>
    `The job service could not be reached in ${attempts} attempts. Check that it is running and that JOB_SERVICE_URL is its address, then start the job again.`,
  silent: (attempts) =>
    `The job service stopped sending reports in each of ${attempts} attempts. It may have run out of memory. Check its log, or start the job again with a smaller maxSide.`,
};

export const expire = (job: Job, now: number) =>
  end(job, "EXPIRED", now, {
    error:
      "The job passed its deadline before it was complete. Start it again with fewer steps, a smaller maxSide or a later deadline.",
  });

/** Raises the wait to the minimum, and lowers it to the time until the deadline. */
function waitFor(job: Job, ms: number, now: number): { waitMs: number } {
  const min = Math.max(MIN_WAIT_MS, (now - job.createdAt.getTime()) * MIN_WAIT_FRACTION);
  return { waitMs: Math.max(MIN_WAIT_MS, Math.min(Math.max(ms, min), job.deadlineAt.getTime() - now)) };
}

const withJitter = (job: Job, retryMs: number, now: number): number =>
  retryMs + Math.random() * Math.min(BUSY_JITTER.maxMs, (now - job.createdAt.getTime()) * BUSY_JITTER.fraction);

/** True if the attempt has begun, false if the job has ended. Otherwise the tenant has no free slot, and `waitMs` is the delay. */
async function tryToBegin(
  ref: JobRef,
  attempt: number,
  failure: AttemptFailure | undefined,
  { jobs, policy, clock }: RunJobDeps,
): Promise<boolean | { waitMs: number }> {
  const now = clock();
  const result = await jobs.change(ref, (job) => {
    if (job.deadlineAt.getTime() <= now) return expire(job, now);
    if (attempt > policy.attempts)
      return end(job, "FAILED", now, {
        error: job.error ?? FAILURE_MESSAGES[failure ?? "silent"](policy.attempts),
      });
    const change = beginAttempt(job, attempt, now);
    return change && job.attempt === 0 ? { ...change, activeLimit: policy.limits.active } : change;
  });
  if (!result || hasEnded(result.job)) return false;
  if (result.job.attempt >= attempt) return true;
  const wait = waitFor(result.job, policy.leaseMs, now);
  await jobs.setQuietUntil(ref, new Date(now + wait.waitMs));
  return wait;
}

/** `tryNumber`: the number of this try to dispatch the attempt, from 1. */
async function dispatchOnce(
  ref: JobRef,
  tryNumber: number,
  { jobs, dispatch, policy, clock, log }: RunJobDeps,
): Promise<"accepted" | "ended" | { waitMs: number }> {
  const now = clock();
  const current = await jobs.change(ref, (job) => (job.deadlineAt.getTime() <= now ? expire(job, now) : undefined));
  if (!current || hasEnded(current.job)) return "ended";
  const { attempt } = current.job;
  const outcome = await dispatch(current.job);
  switch (outcome.kind) {
    case "accepted":
      await jobs.change(ref, (job) => attemptAccepted(job, attempt, clock()));
      return "accepted";
    case "busy": {
      const wait = waitFor(current.job, withJitter(current.job, outcome.retryMs, clock()), clock());
      await jobs.change(ref, (job) => attemptNotAccepted(job, attempt, QUEUE_FULL, clock() + wait.waitMs));
      return wait;
    }
    case "failed": {
      log("warn", { event: "job.dispatch.failed", ...ref, attempt, ...outcome.failure });
      const retryAt = clock() + policy.retryMs * 2 ** (tryNumber - 1);
      await jobs.change(ref, (job) => attemptNotAccepted(job, attempt, outcome.message, retryAt));
      throw new Error(outcome.message);
    }
    case "refused":
      await jobs.change(ref, (job) => end(job, "FAILED", clock(), { error: outcome.message }));
      return "ended";
    default:
      return outcome satisfies never;
  }
}

const QUEUE_FULL = "The queue of the job service is full. The Worker retries automatically.";

async function checkLease(
  ref: JobRef,
  { jobs, clock, policy }: RunJobDeps,
): Promise<"ended" | "silent" | { waitMs: number }> {
  const now = clock();
  const current = await jobs.change(ref, (job) => (job.deadlineAt.getTime() <= now ? expire(job, now) : undefined));
  if (!current || hasEnded(current.job)) return "ended";
  const { reportedAt } = current.job;
  const remainingMs = reportedAt === null ? 0 : policy.leaseMs - (now - reportedAt.getTime());
  return remainingMs <= 0 ? "silent" : waitFor(current.job, remainingMs, now);
}

/** Delivers the webhook, with retries. Gives up after the last one. */
async function deliverWebhook(ref: JobRef, step: WorkflowStep, deps: RunJobDeps): Promise<void> {
  const { webhookRetriesMs } = deps.policy;
  for (const [i, delay] of [0, ...webhookRetriesMs].entries()) {
    if (delay > 0) await step.sleep(`before webhook ${i + 1}`, delay);
    if (await step.do(`webhook ${i + 1}`, () => deliverWebhookOnce(ref, webhookRetriesMs[i], deps))) return;
  }
}

/** True if no retry is needed. `nextMs`: the delay before the next try; undefined if this is the last one. */
async function deliverWebhookOnce(ref: JobRef, nextMs: number | undefined, deps: RunJobDeps): Promise<boolean> {
  const { jobs, deliverWebhook, clock, log } = deps;
  const job = await jobs.find(ref);
  if (!job?.webhook || job.webhookSettledAt) return true;
  const outcome = await deliverWebhook(job);
  const now = clock();
  if (outcome.kind === "delivered") {
    await jobs.change(ref, () => ({ set: { webhookError: null, webhookSettledAt: new Date(now) } }));
    return true;
  }
  log("warn", { event: "job.webhook.failed", ...ref, ...outcome.failure });
  const isLast = outcome.kind === "refused" || nextMs === undefined;
  const next = isLast ? { webhookSettledAt: new Date(now) } : { quietUntil: new Date(now + nextMs) };
  await jobs.change(ref, () => ({ set: { webhookError: outcome.message, ...next } }));
  if (isLast) log("warn", { event: "job.webhook.undelivered", ...ref });
  return isLast;
}
