import type { JobRef } from "./jobs.ts";

/** The workflows of all jobs: one durable Cloudflare Workflow instance per job. Its id is the job's id. */
export interface JobWorkflows {
  /** Starts the job's workflow if it does not exist, and wakes it if it does. Rejects if neither is possible. */
  startOrWake(ref: JobRef): Promise<void>;
  /** Wakes the job's workflow. Never rejects: a workflow that is not woken reads D1 after its timeout. */
  wake(jobId: string): Promise<void>;
}

/**
 * The event that wakes a waiting workflow: the job ended, its attempt failed, or the tenant's next job can begin. It has no payload:
 * the workflow reads the job from D1.
 */
export const JOB_CHANGED = "news";

export const openJobWorkflows = (workflow: Workflow<JobRef>): JobWorkflows => ({
  async startOrWake({ tenantId, jobId }) {
    try {
      await workflow.create({ id: jobId, params: { tenantId, jobId } });
      return;
    } catch {
      // Either the instance exists or it cannot be created. `get` rejects in the second case.
    }
    const instance = await workflow.get(jobId);
    const { status } = await instance.status();
    if (status === "errored" || status === "terminated") await instance.restart();
    else if (status !== "complete") await instance.sendEvent({ type: JOB_CHANGED, payload: {} });
  },

  wake: (jobId) =>
    workflow
      .get(jobId)
      .then((instance) => instance.sendEvent({ type: JOB_CHANGED, payload: {} }))
      .catch(() => undefined),
});
