import type { Channel } from "./job-channel.ts";
import type { Job, JobAddress, Jobs } from "./jobs.ts";
import { hasEnded } from "./transitions.ts";

/** How long a watcher goes without looking in D1, where it has not been woken. */
const LOOK_MS = 10_000;

export interface WatchTools {
  jobs: Jobs;
  channel: Channel;
  /** Aborted when the watcher has left. */
  signal: AbortSignal;
  /** Whether the watcher may still see the job; asked at each look. */
  mayStill: () => Promise<boolean>;
}

/**
 * The job as it is, then whenever it has changed, until it has ended; of changes that come at once the last. Ends at once where
 * there is no such job.
 */
export async function* watchJob(
  at: JobAddress,
  { jobs, channel, signal, mayStill }: WatchTools,
): AsyncGenerator<Job, void, void> {
  let seen = 0;
  const left = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  while (!signal.aborted && (await mayStill())) {
    const job = await jobs.find(at);
    if (!job) return;
    if (job.version > seen) {
      seen = job.version;
      yield job;
    }
    if (hasEnded(job)) return;
    // A channel that crashed is a reason to look, not to end.
    await Promise.race([channel.wait(seen, LOOK_MS).catch(() => paused(1_000)), left]);
  }
}

const paused = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
