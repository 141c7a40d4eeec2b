import { EventSourceParserStream } from "eventsource-parser/stream";
import type { Client } from "./client.ts";

const WATCH = /* GraphQL */ `
  subscription Watch($id: ID!) {
    jobUpdated(id: $id) {
      state attempt step steps progress provider error finishedAt
      losses { step total }
      result { url width height }
    }
  }`;

/** What a watcher is told of a job. */
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

interface Next {
  data?: { jobUpdated: WatchedJob } | null;
  errors?: { message: string }[];
}

/** A job as it is, then at each change, until it has ended: GraphQL over Server-Sent Events, distinct connections mode. */
export async function* watchJob(api: Client, id: string, signal?: AbortSignal): AsyncGenerator<WatchedJob> {
  const answer = await api.subscribe(WATCH, { id }, signal);
  if (!answer.ok || !answer.body) throw new Error(`The subscription was answered with ${answer.status}.`);
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (next.value.event !== "next") continue;
      const { data, errors } = JSON.parse(next.value.data) as Next;
      if (errors || !data) throw new Error(errors?.map(({ message }) => message).join("; "));
      yield data.jobUpdated;
    }
  } finally {
    await reader.cancel();
  }
}
