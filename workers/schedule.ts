import { pendingErasures, settleErasure } from "./gallery/erasure.ts";
import type { Shards } from "./gallery/shards.ts";
import type { JobWorkflows } from "./jobs/job-workflows.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { JobPolicy } from "./jobs/run-job.ts";
import { recoverStalledJobs } from "./jobs/stalled-jobs.ts";
import type { Blobs } from "./platform/blobs.ts";
import type { Clock } from "./platform/clock.ts";
import type { Database } from "./platform/database.ts";
import { forgetOldOutcomes } from "./platform/idempotency.ts";
import type { Log } from "./platform/log.ts";

/** The maximum number of erasures that one run retries. */
const MAX_ERASURES = 100;
/** The maximum number of blobs that one run deletes: half of what R2 can delete in one call. */
const MAX_EXPIRED_BLOBS = 500;

interface MaintenanceDeps {
  db: Database;
  shards: Shards;
  blobs: Blobs;
  jobs: Jobs;
  workflows: JobWorkflows;
  policy: Pick<JobPolicy, "leaseMs">;
  clock: Clock;
  log: Log;
}

/** The maintenance tasks of each minute, one after the other, starting with erasures. If one fails, the others still run. */
export async function runMaintenance({
  db,
  shards,
  blobs,
  jobs,
  workflows,
  policy,
  clock,
  log,
}: MaintenanceDeps): Promise<void> {
  const tasks = {
    settleErasures: async () => {
      for (const erasure of await pendingErasures(db, MAX_ERASURES)) {
        await settleErasure(erasure, { db, shards }).catch((error) =>
          log("warn", { event: "erasure.retried", tenantId: erasure.tenantId, error }),
        );
      }
    },
    recoverStalledJobs: () => recoverStalledJobs({ jobs, workflows, leaseMs: policy.leaseMs, clock, log }),
    forgetOldOutcomes: () => forgetOldOutcomes(db, clock()),
    deleteExpiredBlobs: () => blobs.deleteExpired(MAX_EXPIRED_BLOBS),
  };
  for (const [operation, run] of Object.entries(tasks)) {
    try {
      await run();
    } catch (error) {
      log("error", { event: "chore.failed", operation, error });
    }
  }
}
