import type { Actor } from "../platform/audit.ts";
import type { Clock } from "../platform/clock.ts";
import { type Conflict, conflict, type NotFound, notFound } from "../platform/outcomes.ts";
import type { JobWorkflows } from "./job-workflows.ts";
import type { Job, Jobs } from "./jobs.ts";
import { end } from "./transitions.ts";

export interface JobCanceled {
  kind: "jobCanceled";
  job: Job;
}

interface CancelJobDeps {
  jobs: Jobs;
  workflows: JobWorkflows;
  actor: Actor;
  clock: Clock;
}

/** Cancels a job that has not ended. The job service stops when its next report is acknowledged. */
export async function cancelJob(
  jobId: string,
  { jobs, workflows, actor, clock }: CancelJobDeps,
): Promise<JobCanceled | NotFound | Conflict> {
  const { tenantId, keyId } = actor;
  const result = await jobs.change({ tenantId, jobId }, (job) => {
    const change = end(job, "CANCELED", clock());
    return change && { ...change, keyId };
  });
  if (!result) return notFound("job", jobId);
  if (result.changed) await workflows.wake(jobId);
  return result.job.state === "CANCELED"
    ? { kind: "jobCanceled", job: result.job }
    : conflict(`The job has already ended with the state ${result.job.state}. It cannot be canceled.`);
}
