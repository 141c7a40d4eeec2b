import type { WorkflowStep } from "cloudflare:workers";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { RequestFailure } from "../platform/request-failure.ts";
import type { Dispatched } from "./dispatch.ts";
import type { Job, JobAddress, Jobs } from "./jobs.ts";
import { accepted, beginAttempt, end, hasEnded, notTaken } from "./transitions.ts";

/** The jobs' Workflows: one durable instance a job, which has the job's id. */
export interface Lives {
  /** Starts the job's, where it is not there, and tells it that something happened, where it is. Rejects where neither can be. */
  begin(at: JobAddress): Promise<void>;
  /** Tells it that something happened. Where it cannot be told, it finds out by itself. */
  tell(jobId: string): Promise<void>;
}

/** What wakes a waiting Workflow: the job ended, or its attempt was given up. Carries nothing: it looks in D1. */
export const JOB_CHANGED = "news";

export interface Terms {
  /** Who does not report for so long loses the job to the next attempt. */
  leaseMs: number;
  attempts: number;
  /** Before the second try to hand over an attempt; then twice as long each time. */
  retryMs: number;
  /** Before the second try to deliver the webhook, the third and so on. */
  webhookRetriesMs: readonly number[];
  share: Share;
}

/** One tenant's share of the job service: how many of its jobs may be active at once, and how many more may wait. */
export interface Share {
  active: number;
  waiting: number;
}

/** What came of one try to tell a webhook. `refused`: it must not be called, or wants to be told nothing more. */
export type Announced =
  | { kind: "delivered" }
  | { kind: "failed" | "refused"; failure: RequestFailure /** For a person. */; message: string };

export interface LifeTools {
  jobs: Jobs;
  lives: Lives;
  dispatch: (job: Job) => Promise<Dispatched>;
  /** Tells the job's webhook that it has ended. */
  announce: (job: Job) => Promise<Announced>;
  clock: Clock;
  terms: Terms;
  log: Log;
}

/** How often an attempt is handed over in vain before it is spent: with 5 s before the second try, for 20 minutes. */
const MOST_HANDOVERS = 9;
/**
 * What is waited at least, as a part of the job's age: so a job of any length waits at most 340 times (30 times up to the age of
 * 30 s, then ln(604,800 / 30) / ln(31 / 30) = 302 times up to a week), two steps each, of the 1,024 that an instance may take.
 * The schedule and jobs that made room wake it some 90 times more (`stranded-jobs.ts`).
 */
const LEAST_WAIT = 1 / 30;
const LEAST_WAIT_MS = 1_000;
/**
 * Who was refused for want of room stays away for as long as it was told, and by chance up to a quarter of the time that it has
 * waited longer, at most ten minutes: of a hundred jobs that were refused together no two come back together.
 */
const BUSY_WAIT = { part: 1 / 4, most: 600_000 };

type Trouble = "unreachable" | "silent";

/**
 * A job's life. All that it knows is in D1 and in the results of its steps, so that it may be interrupted anywhere and goes on
 * where it was. A job that has ended meanwhile, whoever ended it, is found at the next look.
 */
export async function liveJob(at: JobAddress, step: WorkflowStep, tools: LifeTools): Promise<void> {
  const { jobs, lives, terms } = tools;
  let steps = 0;
  const named = (what: string) => `${++steps} ${what}`;

  /** Waits, but not past the news. */
  const pause = async (ms: number) => {
    await step.waitForEvent(named("wait"), { type: JOB_CHANGED, timeout: Math.ceil(ms) }).catch(() => undefined);
  };

  /** Begins the attempt when it is the job's turn. False: the job has ended, here at the latest. */
  async function begin(attempt: number, trouble: Trouble | undefined): Promise<boolean> {
    for (;;) {
      const begun = await step.do(named(`begin attempt ${attempt}`), () => beginOnce(at, attempt, trouble, tools));
      if (typeof begun === "boolean") return begun;
      await pause(begun.waitMs);
    }
  }

  /** Hands the attempt over, for as long as the service is busy. */
  async function handOver(attempt: number): Promise<"accepted" | "ended" | Trouble> {
    for (;;) {
      const handed = await step
        .do(
          named(`dispatch attempt ${attempt}`),
          { retries: { limit: MOST_HANDOVERS - 1, delay: terms.retryMs, backoff: "exponential" }, timeout: "1 minute" },
          ({ attempt: tries }) => handOnce(at, tries, tools),
        )
        .catch(() => "unreachable" as const);
      if (typeof handed === "string") return handed;
      await pause(handed.waitMs);
    }
  }

  /** Waits until the job has ended, or its attempt is silent. */
  async function watch(): Promise<"ended" | "silent"> {
    for (let waitMs = terms.leaseMs; ; ) {
      await pause(waitMs);
      const seen = await step.do(named("look"), () => look(at, tools));
      if (typeof seen === "string") return seen;
      waitMs = seen.waitMs;
    }
  }

  let trouble: Trouble | undefined;
  for (let attempt = 1; await begin(attempt, trouble); attempt++) {
    const handed = await handOver(attempt);
    const outcome = handed === "accepted" ? await watch() : handed;
    if (outcome === "ended") break;
    trouble = outcome;
  }

  // Its place is free for the tenant's next job.
  await step.do("wake the next", async () => {
    await Promise.all((await jobs.next(at.tenantId, terms.share.active)).map(lives.tell));
  });
  await announce(at, step, tools);
}

const TROUBLES: Record<Trouble, (attempts: number) => string> = {
  unreachable: (attempts) =>
    `The job service could not be reached in ${attempts} attempts. See that it runs and that JOB_SERVICE_URL is its address, then start the job again.`,
  silent: (attempts) =>
    `The job service fell silent in each of ${attempts} attempts. It may have run out of memory: start the job again with a smaller maxSide, and see the service's log.`,
};

export const expire = (job: Job, now: number) =>
  end(job, "EXPIRED", now, {
    error:
      "The job was not done by its deadline. Start it again with fewer steps, a smaller maxSide or a later deadline.",
  });

/** At least so long, unless the job's deadline comes before. */
function waitFor(job: Job, ms: number, now: number): { waitMs: number } {
  const least = Math.max(LEAST_WAIT_MS, (now - job.createdAt.getTime()) * LEAST_WAIT);
  return { waitMs: Math.max(LEAST_WAIT_MS, Math.min(Math.max(ms, least), job.deadlineAt.getTime() - now)) };
}

const busyFor = (job: Job, toldMs: number, now: number): number =>
  toldMs + Math.random() * Math.min(BUSY_WAIT.most, (now - job.createdAt.getTime()) * BUSY_WAIT.part);

/** True: the attempt has begun. False: the job has ended. Otherwise other jobs of the tenant come first. */
async function beginOnce(
  at: JobAddress,
  attempt: number,
  trouble: Trouble | undefined,
  { jobs, terms, clock }: LifeTools,
): Promise<boolean | { waitMs: number }> {
  const now = clock();
  const done = await jobs.change(at, (job) => {
    if (job.deadlineAt.getTime() <= now) return expire(job, now);
    if (attempt > terms.attempts)
      return end(job, "FAILED", now, { error: job.error ?? TROUBLES[trouble ?? "silent"](terms.attempts) });
    const change = beginAttempt(job, attempt, now);
    return change && job.attempt === 0 ? { ...change, turnAmong: terms.share.active } : change;
  });
  if (!done || hasEnded(done.job)) return false;
  if (done.job.attempt >= attempt) return true;
  const wait = waitFor(done.job, terms.leaseMs, now);
  await jobs.quiet(at, new Date(now + wait.waitMs));
  return wait;
}

/** `tries`: how often this attempt was handed over in vain, and this time; from 1. */
async function handOnce(
  at: JobAddress,
  tries: number,
  { jobs, dispatch, terms, clock, log }: LifeTools,
): Promise<"accepted" | "ended" | { waitMs: number }> {
  const now = clock();
  const present = await jobs.change(at, (job) => (job.deadlineAt.getTime() <= now ? expire(job, now) : undefined));
  if (!present || hasEnded(present.job)) return "ended";
  const { attempt } = present.job;
  const handed = await dispatch(present.job);
  switch (handed.kind) {
    case "accepted":
      await jobs.change(at, (job) => accepted(job, attempt, clock()));
      return "accepted";
    case "busy": {
      const wait = waitFor(present.job, busyFor(present.job, handed.retryMs, clock()), clock());
      await jobs.change(at, (job) => notTaken(job, attempt, BUSY, clock() + wait.waitMs));
      return wait;
    }
    case "failed": {
      log("warn", { event: "job.dispatch.failed", ...at, attempt, ...handed.failure });
      const again = clock() + terms.retryMs * 2 ** (tries - 1);
      await jobs.change(at, (job) => notTaken(job, attempt, handed.message, again));
      throw new Error(handed.message);
    }
    case "refused":
      await jobs.change(at, (job) => end(job, "FAILED", clock(), { error: handed.message }));
      return "ended";
    default:
      return handed satisfies never;
  }
}

const BUSY = "The job service is busy: as many jobs run and wait there as may. It is asked again.";

async function look(
  at: JobAddress,
  { jobs, clock, terms }: LifeTools,
): Promise<"ended" | "silent" | { waitMs: number }> {
  const now = clock();
  const seen = await jobs.change(at, (job) => (job.deadlineAt.getTime() <= now ? expire(job, now) : undefined));
  if (!seen || hasEnded(seen.job)) return "ended";
  const { reportedAt } = seen.job;
  const left = reportedAt === null ? 0 : terms.leaseMs - (now - reportedAt.getTime());
  return left <= 0 ? "silent" : waitFor(seen.job, left, now);
}

/** The webhook, by its own schedule. After the last try nothing more is said. */
async function announce(at: JobAddress, step: WorkflowStep, tools: LifeTools): Promise<void> {
  const { webhookRetriesMs } = tools.terms;
  for (const [i, delay] of [0, ...webhookRetriesMs].entries()) {
    if (delay > 0) await step.sleep(`before webhook ${i + 1}`, delay);
    if (await step.do(`webhook ${i + 1}`, () => announceOnce(at, webhookRetriesMs[i], tools))) return;
  }
}

/** Whether there is nothing more to tell. `nextMs`: until the next try; undefined: this is the last. */
async function announceOnce(at: JobAddress, nextMs: number | undefined, tools: LifeTools): Promise<boolean> {
  const { jobs, announce, clock, log } = tools;
  const job = await jobs.find(at);
  if (!job?.webhook || job.webhookSettledAt) return true;
  const announced = await announce(job);
  const now = clock();
  if (announced.kind === "delivered") {
    await jobs.change(at, () => ({ set: { webhookError: null, webhookSettledAt: new Date(now) } }));
    return true;
  }
  log("warn", { event: "job.webhook.failed", ...at, ...announced.failure });
  const isLast = announced.kind === "refused" || nextMs === undefined;
  const next = isLast ? { webhookSettledAt: new Date(now) } : { quietUntil: new Date(now + nextMs) };
  await jobs.change(at, () => ({ set: { webhookError: announced.message, ...next } }));
  if (isLast) log("warn", { event: "job.webhook.undelivered", ...at });
  return isLast;
}
