/**
 * Why an outgoing request to another server failed. It contains no URL, header or body, so it can be logged and shown to the
 * tenant.
 */
export type RequestFailure =
  | { cause: "timeout" | "connection" | "address" }
  /** The server responded with an unexpected HTTP status. */
  | { cause: "status"; status: number };

/** Classifies an error of `fetch`. */
export const failureOf = (error: unknown): RequestFailure => ({
  cause: error instanceof Error && error.name === "TimeoutError" ? "timeout" : "connection",
});
