import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { JobWorkflows } from "./job-workflows.ts";
import type { Jobs } from "./jobs.ts";
import { expire } from "./run-job.ts";

/**
 * How many silent jobs, and how many jobs with an overdue webhook, one run of the schedule handles. Each job takes six subrequests of
 * the 1,000 that an invocation of a Worker can make.
 */
const MAX_JOBS_PER_RUN = 50;
/** The schedule wakes a workflow again after this fraction of its job's age at the earliest: about 80 times within a week. */
const MIN_QUIET_FRACTION = 1 / 10;

/**
 * Wakes or starts the workflow of each job that has not reported within its lease, and expires jobs that are past their deadline. The
 * schedule calls this each minute. It is needed if a workflow was never started, and on a local machine after a restart of the server:
 * there nothing else wakes the workflows that were running.
 */
export async function recoverStalledJobs(deps: {
  jobs: Jobs;
  workflows: JobWorkflows;
  leaseMs: number;
  clock: Clock;
  log: Log;
}): Promise<void> {
  const { jobs, workflows, leaseMs, clock, log } = deps;
  const now = clock();
  for (const { tenantId, id: jobId, createdAt } of await jobs.listStalled(
    new Date(now - leaseMs),
    new Date(now),
    MAX_JOBS_PER_RUN,
  )) {
    const ref = { tenantId, jobId };
    try {
      await jobs.change(ref, (job) => (job.deadlineAt.getTime() <= now ? expire(job, now) : undefined));
      const quietMs = Math.max(leaseMs, (now - createdAt.getTime()) * MIN_QUIET_FRACTION);
      await jobs.setQuietUntil(ref, new Date(now + quietMs));
      await workflows.startOrWake(ref);
    } catch (error) {
      log("warn", { event: "job.not-begun", tenantId, jobId, error });
    }
  }
}
