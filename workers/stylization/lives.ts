import { JOB_CHANGED, type Lives } from "./job-life.ts";
import type { JobAddress } from "./jobs.ts";

/** The jobs' Workflows, each by its job's id. */
export const workflowLives = (workflow: Workflow<JobAddress>): Lives => ({
  async begin({ tenantId, jobId }) {
    try {
      await workflow.create({ id: jobId, params: { tenantId, jobId } });
      return;
    } catch {
      // It is there already, or cannot be made: which of them, the next call tells.
    }
    const instance = await workflow.get(jobId);
    const { status } = await instance.status();
    if (status === "errored" || status === "terminated") await instance.restart();
    else if (status !== "complete") await instance.sendEvent({ type: JOB_CHANGED, payload: {} });
  },

  tell: (jobId) =>
    workflow
      .get(jobId)
      .then((instance) => instance.sendEvent({ type: JOB_CHANGED, payload: {} }))
      .catch(() => undefined),
});
