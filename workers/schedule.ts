import { pendingErasures, settleErasure } from "./gallery/erasure.ts";
import type { Shards } from "./gallery/shards.ts";
import type { Blobs } from "./platform/blobs.ts";
import type { Clock } from "./platform/clock.ts";
import type { Database } from "./platform/database.ts";
import { forgetOldOutcomes } from "./platform/idempotency.ts";
import type { Log } from "./platform/log.ts";
import type { Lives, Terms } from "./stylization/job-life.ts";
import type { Jobs } from "./stylization/jobs.ts";
import { settleStranded } from "./stylization/stranded-jobs.ts";

/** Erasures that one round tries. */
const MOST_ERASURES = 100;
/** Blobs that one round deletes: half of what R2 takes in one call. */
const MOST_EXPIRED = 500;

interface ChoreParts {
  db: Database;
  shards: Shards;
  blobs: Blobs;
  jobs: Jobs;
  lives: Lives;
  terms: Pick<Terms, "leaseMs">;
  clock: Clock;
  log: Log;
}

/** What the schedule does each minute: one chore after the other, whether or not the one before failed. Erasure comes first. */
export async function runChores({ db, shards, blobs, jobs, lives, terms, clock, log }: ChoreParts): Promise<void> {
  const chores = {
    settleErasures: async () => {
      for (const erasure of await pendingErasures(db, MOST_ERASURES)) {
        await settleErasure(erasure, { db, shards }).catch((error) =>
          log("warn", { event: "erasure.retried", tenantId: erasure.tenantId, error }),
        );
      }
    },
    settleStrandedJobs: () => settleStranded({ jobs, lives, leaseMs: terms.leaseMs, clock, log }),
    forgetOldOutcomes: () => forgetOldOutcomes(db, clock()),
    deleteExpiredBlobs: () => blobs.deleteExpired(MOST_EXPIRED),
  };
  for (const [operation, chore] of Object.entries(chores)) {
    try {
      await chore();
    } catch (error) {
      log("error", { event: "chore.failed", operation, error });
    }
  }
}
