/**
 * Why a request of ours to somebody else's server failed. It has no address, header or body in it, so that it may be logged and
 * told to whoever asked for the request.
 */
export type RequestFailure =
  | { cause: "timeout" | "connection" | "address" }
  /** It was answered, but not as it should be. */
  | { cause: "status"; status: number };

/** The cause of an error that `fetch` was rejected with. */
export const failureOf = (error: unknown): RequestFailure => ({
  cause: error instanceof Error && error.name === "TimeoutError" ? "timeout" : "connection",
});
