import { DrizzleQueryError } from "drizzle-orm";
import type { RequestFailure } from "./request-failure.ts";

/**
 * All fields that a log line can have. The set is closed, so that no picture, vector, secret, variable, header or address can be
 * logged.
 */
export interface LogLine {
  event:
    | "request"
    | "request.failed"
    | "erasure.retried"
    | "chore.failed"
    | "shard.rebuilt"
    | "callback.failed"
    | "http.failed"
    | "job.not-begun"
    | "job.dispatch.failed"
    | "job.webhook.failed"
    | "job.webhook.undelivered";
  requestId?: string;
  tenantId?: string;
  keyId?: string;
  jobId?: string;
  attempt?: number;
  /** Why a request to the job service or to a webhook failed, and its HTTP status. */
  cause?: RequestFailure["cause"];
  status?: number;
  /** The requested root fields (names of the schema), or the name of a scheduled task. */
  operation?: string;
  /** For a request: "ok" or the code of the first error. For a shard: why it was rebuilt. */
  outcome?: string;
  ms?: number;
  error?: unknown;
}

type Level = "info" | "warn" | "error";
export type Log = (level: Level, entry: LogLine) => void;

/** Writes one line of JSON to the console, which Workers Logs and wrangler read. */
export const log: Log = (level, { error, ...entry }) =>
  console[level](JSON.stringify({ level, ...entry, ...(error === undefined ? {} : { error: describe(error) }) }));

const MAX_CAUSES = 4;
const MAX_MESSAGE_LENGTH = 500;

interface ErrorDescription {
  name: string;
  message: string;
  stack?: string[];
  cause?: ErrorDescription;
}

/**
 * Describes an error and its causes. For a failed query only the SQL is logged, because the message of the error contains the
 * parameters.
 */
function describe(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, message: "" };
  const message = error instanceof DrizzleQueryError ? `Failed query: ${error.query}` : error.message;
  return {
    name: error.name,
    message: message.slice(0, MAX_MESSAGE_LENGTH),
    // Only the frames, because a stack starts with the message.
    stack: error.stack?.split("\n").filter((line) => /^\s+at /.test(line)),
    ...(error.cause !== undefined && depth < MAX_CAUSES ? { cause: describe(error.cause, depth + 1) } : {}),
  };
}
