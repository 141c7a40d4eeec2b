import type { Channel } from "./job-channel.ts";
import type { Job, JobRef, Jobs } from "./jobs.ts";
import { hasEnded } from "./transitions.ts";

/** A subscriber reads D1 after this time at the latest, even if the channel does not notify it. */
const POLL_MS = 10_000;

export interface WatchJobDeps {
  jobs: Jobs;
  channel: Channel;
  /** Aborted when the subscriber has disconnected. */
  signal: AbortSignal;
  /** Whether the subscriber may still see the job. Checked before each read. */
  isStillAuthorized: () => Promise<boolean>;
}

/**
 * Yields the job, then the job again after each change, until it has ended. Changes in quick succession are merged: only the last one
 * is yielded. Ends immediately if the job does not exist.
 */
export async function* watchJob(
  ref: JobRef,
  { jobs, channel, signal, isStillAuthorized }: WatchJobDeps,
): AsyncGenerator<Job, void, void> {
  let yieldedVersion = 0;
  const disconnected = new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  while (!signal.aborted && (await isStillAuthorized())) {
    const job = await jobs.find(ref);
    if (!job) return;
    if (job.version > yieldedVersion) {
      yieldedVersion = job.version;
      yield job;
    }
    if (hasEnded(job)) return;
    // If the channel crashed, read D1 again after a second.
    await Promise.race([channel.wait(yieldedVersion, POLL_MS).catch(() => pause(1_000)), disconnected]);
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
