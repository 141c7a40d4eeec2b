import { DrizzleQueryError } from "drizzle-orm";
import type { RequestFailure } from "./request-failure.ts";

/**
 * All that a line of the log may say. The set is closed, so that no picture, vector, secret, variable, header or address can
 * get into it: what is not here cannot be logged.
 */
export interface LogEntry {
  event:
    | "request"
    | "request.failed"
    | "erasure.retried"
    | "chore.failed"
    | "shard.rebuilt"
    | "callback.failed"
    | "job.not-begun"
    | "job.dispatch.failed"
    | "job.webhook.failed"
    | "job.webhook.undelivered";
  requestId?: string;
  tenantId?: string;
  keyId?: string;
  jobId?: string;
  attempt?: number;
  /** Why a request of ours to the job service or to a webhook failed, and what it was answered. */
  cause?: RequestFailure["cause"];
  status?: number;
  /** The root fields that were asked for (names of the schema), or the chore of the schedule. */
  operation?: string;
  /** Of a request "ok", or the code of the first error; of a shard, why it was built again. */
  outcome?: string;
  ms?: number;
  error?: unknown;
}

type Level = "info" | "warn" | "error";
export type Log = (level: Level, entry: LogEntry) => void;

/** One line of JSON on the console, where Workers Logs and wrangler read it. */
export const log: Log = (level, { error, ...entry }) =>
  console[level](JSON.stringify({ level, ...entry, ...(error === undefined ? {} : { error: described(error) }) }));

const DEEPEST_CAUSE = 4;
const LONGEST_MESSAGE = 500;

interface Described {
  name: string;
  message: string;
  stack?: string[];
  cause?: Described;
}

/** An error with its causes. A query's error speaks of its SQL alone: its own message would have the parameters in it. */
function described(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { name: typeof error, message: "" };
  const message = error instanceof DrizzleQueryError ? `Failed query: ${error.query}` : error.message;
  return {
    name: error.name,
    message: message.slice(0, LONGEST_MESSAGE),
    // The frames alone: a stack begins with the message.
    stack: error.stack?.split("\n").filter((line) => /^\s+at /.test(line)),
    ...(error.cause !== undefined && depth < DEEPEST_CAUSE ? { cause: described(error.cause, depth + 1) } : {}),
  };
}
