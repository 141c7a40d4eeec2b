import type { CallOptions, SemblanceClient } from "./client.ts";
import {
  CancelJobDocument,
  type CancelJobMutation,
  JobDocument,
  type JobFragment,
  type JobState,
  JobsDocument,
  JobUpdatedDocument,
  type WatchedJobFragment,
} from "./documents.generated.ts";
import { SemblanceError } from "./error.ts";
import { allPages } from "./pages.ts";
import { call, pause } from "./send.ts";
import { subscribe } from "./subscribe.ts";

export type Job = JobFragment;
/** A job with the losses of its steps: at most 400 points, evenly spread. */
export type WatchedJob = WatchedJobFragment;
export type CancelJobOutcome = CancelJobMutation["cancelJob"];

const END_STATES: readonly JobState[] = ["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"];
/** The pause before reconnecting, in milliseconds. It doubles with each failure in a row. */
const RECONNECT_MS = 500;
const MAX_RECONNECT_MS = 15_000;
/** How often a job is read where responses cannot be streamed, in milliseconds. */
const POLL_MS = 2_000;

/** Returns a job, or null if it does not exist. */
export const findJob = async (client: SemblanceClient, id: string, options?: CallOptions): Promise<WatchedJob | null> =>
  (await call(client, JobDocument, { id }, options)).job ?? null;

/** Yields all jobs, newest first. `state`: only jobs in this state. */
export const jobs = (
  client: SemblanceClient,
  { state, ...options }: CallOptions & { state?: JobState } = {},
): AsyncGenerator<Job> =>
  allPages(async (position) => (await call(client, JobsDocument, { ...position, state }, options)).jobs);

/** Cancels a job. */
export const cancelJob = async (
  client: SemblanceClient,
  id: string,
  options?: CallOptions,
): Promise<CancelJobOutcome> => (await call(client, CancelJobDocument, { id }, options)).cancelJob;

/**
 * Yields a job as it is now, then after each change until it has ended. Reconnects if the connection is lost: as often as needed, or
 * at most `retries` times in a row. Yields nothing if the job does not exist.
 */
export async function* watchJob(
  client: SemblanceClient,
  id: string,
  { signal, retries = Number.POSITIVE_INFINITY }: Pick<CallOptions, "signal" | "retries"> = {},
): AsyncGenerator<WatchedJob> {
  let last = "";
  for (let failures = 0; ; ) {
    try {
      for await (const job of jobEvents(client, id, signal)) {
        failures = 0;
        // After reconnecting, the first event can be one that was already yielded.
        const text = JSON.stringify(job);
        if (text !== last) yield job;
        last = text;
        if (END_STATES.includes(job.state)) return;
      }
      return;
    } catch (error) {
      if (!(error instanceof SemblanceError) || !isTemporary(error) || failures >= retries) throw error;
      const delay = Math.min(MAX_RECONNECT_MS, RECONNECT_MS * 2 ** failures++);
      await pause(error.retryAfterMs ?? delay, signal);
    }
  }
}

const isTemporary = ({ code, status = 0 }: SemblanceError): boolean =>
  code === "NETWORK" || code === "TIMEOUT" || status === 429 || status >= 500;

async function* jobEvents(client: SemblanceClient, id: string, signal?: AbortSignal): AsyncGenerator<WatchedJob> {
  const events = await subscribe(client, JobUpdatedDocument, { id }, signal);
  if (events) {
    for await (const { jobUpdated } of events) yield jobUpdated;
    return;
  }
  for (;;) {
    const job = await findJob(client, id, { signal });
    if (!job) return;
    yield job;
    await pause(POLL_MS, signal);
  }
}
