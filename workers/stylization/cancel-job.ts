import type { Actor } from "../platform/actor.ts";
import type { Clock } from "../platform/clock.ts";
import { type Conflict, conflict, type NotFound, notFound } from "../platform/outcomes.ts";
import type { Lives } from "./job-life.ts";
import type { Job, Jobs } from "./jobs.ts";
import { end } from "./transitions.ts";

export interface JobCanceled {
  kind: "jobCanceled";
  job: Job;
}

interface Tools {
  jobs: Jobs;
  lives: Lives;
  actor: Actor;
  clock: Clock;
}

/** Cancels a job that has not ended; whoever does it hears so at the next report. */
export async function cancelJob(
  jobId: string,
  { jobs, lives, actor, clock }: Tools,
): Promise<JobCanceled | NotFound | Conflict> {
  const { tenantId, keyId } = actor;
  const done = await jobs.change({ tenantId, jobId }, (job) => {
    const change = end(job, "CANCELED", clock());
    return change && { ...change, keyId };
  });
  if (!done) return notFound("job", jobId);
  if (done.changed) await lives.tell(jobId);
  return done.job.state === "CANCELED"
    ? { kind: "jobCanceled", job: done.job }
    : conflict(`The job has ended already: it is ${done.job.state}. There is nothing to cancel.`);
}
