import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { expire, type Lives } from "./job-life.ts";
import type { Jobs } from "./jobs.ts";

/** Of either kind, in one round of the schedule: each takes six subrequests, of the 1,000 that a call of a Worker may make. */
const AT_ONCE = 50;
/** A Workflow is woken again after this part of its job's age at the soonest: some 80 times within a week. */
const LEAST_QUIET = 1 / 10;

/**
 * For the schedule: wakes or starts the Workflow of each job that has not reported within its lease, and ends those that nobody
 * has ended at their deadline. A Workflow that was never started needs it, and on one's own machine each one that was underway
 * when the server stopped: there nothing else wakes it.
 */
export async function settleStranded(tools: {
  jobs: Jobs;
  lives: Lives;
  leaseMs: number;
  clock: Clock;
  log: Log;
}): Promise<void> {
  const { jobs, lives, leaseMs, clock, log } = tools;
  const now = clock();
  for (const { tenantId, id: jobId, createdAt } of await jobs.stranded(
    new Date(now - leaseMs),
    new Date(now),
    AT_ONCE,
  )) {
    const at = { tenantId, jobId };
    try {
      await jobs.change(at, (job) => (job.deadlineAt.getTime() <= now ? expire(job, now) : undefined));
      await jobs.quiet(at, new Date(now + Math.max(leaseMs, (now - createdAt.getTime()) * LEAST_QUIET)));
      await lives.begin(at);
    } catch (error) {
      log("warn", { event: "job.not-begun", tenantId, jobId, error });
    }
  }
}
