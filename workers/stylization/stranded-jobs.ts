import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { expire, type Lives } from "./job-life.ts";
import type { Jobs } from "./jobs.ts";

/** A job that nobody has begun for so long may have no Workflow. */
const UNBEGUN_MS = 60_000;
const AT_ONCE = 100;

/** For the schedule: begins jobs whose Workflow could not be begun, and ends those that nobody has ended at their deadline. */
export async function settleStranded(tools: { jobs: Jobs; lives: Lives; clock: Clock; log: Log }): Promise<void> {
  const { jobs, lives, clock, log } = tools;
  const now = clock();
  for (const { tenantId, id: jobId } of await jobs.stranded(new Date(now - UNBEGUN_MS), new Date(now), AT_ONCE)) {
    const at = { tenantId, jobId };
    try {
      await jobs.change(at, (job) => (job.deadlineAt.getTime() <= now ? expire(job, now) : undefined));
      await lives.begin(at);
    } catch (error) {
      log("warn", { event: "job.not-begun", tenantId, jobId, error });
    }
  }
}
