/** The codes of errors that do not come from the service. */
export type LocalErrorCode =
  /** The service could not be reached, or the connection was lost. */
  | "NETWORK"
  /** There was no response within the time limit. */
  | "TIMEOUT"
  /** The response does not come from Semblance. */
  | "BAD_RESPONSE";

/** What is known about a failed request. */
interface ErrorDetails {
  code: string;
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/**
 * A request failed. Expected outcomes, such as a picture without a face, are not errors: they are members of the result types.
 */
export class SemblanceError extends Error {
  override readonly name = "SemblanceError";
  /** A {@link LocalErrorCode}, or `extensions.code` of the first GraphQL error, such as `UNAUTHENTICATED` or `RATE_LIMITED`. */
  readonly code: string;
  /** The HTTP status, if there was a response. */
  readonly status: number | undefined;
  /** The ID of the request in the log of the service. */
  readonly requestId: string | undefined;
  /** How long to wait before the next attempt, in milliseconds, if the service says so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { code, status, requestId, retryAfterMs, cause }: ErrorDetails) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
  }
}
