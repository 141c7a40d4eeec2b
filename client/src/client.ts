/** The settings of a client. */
export interface ClientOptions {
  /** The address of the service, such as `https://faces.example.com`. */
  url: string;
  /**
   * An API key, or a function that returns the current one, which is called before each request. Omit it if a proxy of yours adds the
   * key: never ship a key in an app or a web page.
   */
  key?: string | (() => string | Promise<string>);
  /** The time limit of one attempt, in milliseconds. Default: 60,000. */
  timeoutMs?: number;
  /** How often a failed request is repeated at most. Default: 3. */
  retries?: number;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch;
}

/** A connection to the service. Pass it to the functions of this package. */
export interface SemblanceClient {
  readonly endpoint: string;
  readonly key: (() => string | Promise<string>) | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly fetch: typeof fetch;
}

/** The settings of one call. */
export interface CallOptions {
  /** Cancels the call, which then rejects with the reason of the signal. */
  signal?: AbortSignal;
  /** The time limit of one attempt, in milliseconds. Default: that of the client. */
  timeoutMs?: number;
  /** How often the call is repeated at most. Default: that of the client. */
  retries?: number;
}

/** Creates a client. It sends nothing until a function uses it. */
export const createClient = ({
  url,
  key,
  timeoutMs = 60_000,
  retries = 3,
  fetch = globalThis.fetch,
}: ClientOptions): SemblanceClient => ({
  endpoint: `${url.replace(/\/+$/, "")}/graphql`,
  key: typeof key === "string" ? () => key : key,
  timeoutMs,
  retries,
  // Browsers require that `fetch` is called without a receiver.
  fetch: (input, init) => fetch(input, init),
});
