import type { Client } from "./client.ts";

const WATCH = /* GraphQL */ `
  subscription Watch($id: ID!) {
    jobUpdated(id: $id) {
      state attempt step steps progress provider error finishedAt
      losses { step total }
      result { url width height }
    }
  }`;

/** The fields of a job in each event of the subscription. */
export interface WatchedJob {
  state: string;
  attempt: number;
  step: number;
  steps: number;
  progress: number;
  provider: string | null;
  error: string | null;
  finishedAt: string | null;
  losses: { step: number; total: number }[];
  result: { url: string; width: number; height: number } | null;
}

/** Yields a job's current state, then its state after each change, until it has ended. */
export async function* watchJob(api: Client, id: string): AsyncGenerator<WatchedJob> {
  for await (const { jobUpdated } of api.subscribe<{ jobUpdated: WatchedJob }>(WATCH, { id })) yield jobUpdated;
}
