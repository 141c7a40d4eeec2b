import type { CallOptions, SemblanceClient } from "./client.ts";
import { SemblanceError } from "./error.ts";
import { isUpload, type UploadFile } from "./images.ts";

/** A GraphQL document with the types of its result and its variables. The types exist only at compile time. */
export type TypedDocument<Result, Variables> = string & { readonly types?: (variables: Variables) => Result };

interface GraphQLResponse<Result> {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string; requestId?: string } }[];
}

/** Options for sending a document. */
export interface SendOptions extends CallOptions {
  /**
   * Whether the request can be repeated even if the service may have executed it. Default: false. Requests that the service refused
   * without executing them are repeated in any case.
   */
  repeatable?: boolean;
}

/** Refused without execution, or failed before the service. */
const REFUSED = [429, 503];
const FAILED = [...REFUSED, 502, 504];
const FIRST_DELAY_MS = 500;

/**
 * Sends a document and returns its data. The variables can contain files at any depth. Repeats a failed request after a pause: as long
 * as `Retry-After` says, otherwise half a second, doubled each time. Throws a {@link SemblanceError}, or the reason of an aborted signal.
 */
export async function execute<Result, Variables extends object>(
  client: SemblanceClient,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  options: SendOptions = {},
): Promise<Result> {
  const { retries = client.retries, repeatable = false, signal } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      return await executeOnce(client, document, variables, options);
    } catch (error) {
      if (!(error instanceof SemblanceError) || attempt >= retries || !canRepeat(error, repeatable)) throw error;
      await pause(error.retryAfterMs ?? FIRST_DELAY_MS * 2 ** attempt * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** Sends a document that can be repeated: a query, or a mutation that stores nothing or has an idempotency key. */
export const call: typeof execute = (client, document, variables, options) =>
  execute(client, document, variables, { ...options, repeatable: true });

const canRepeat = ({ code, status = 0 }: SemblanceError, repeatable: boolean): boolean =>
  repeatable ? code === "NETWORK" || code === "TIMEOUT" || FAILED.includes(status) : REFUSED.includes(status);

async function executeOnce<Result, Variables extends object>(
  client: SemblanceClient,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  { signal, timeoutMs = client.timeoutMs }: SendOptions,
): Promise<Result> {
  const request = await requestOf(client, document, variables);
  const limit = timeLimit(timeoutMs, signal);
  try {
    return await dataOf<Result>(await client.fetch(client.endpoint, { ...request, signal: limit.signal }));
  } catch (error) {
    if (error instanceof SemblanceError) throw error;
    if (limit.hasTimedOut())
      throw new SemblanceError(`There was no response within ${timeoutMs / 1_000} seconds.`, { code: "TIMEOUT" });
    throw connectionError(client, error, signal);
  } finally {
    limit.end();
  }
}

/** The HTTP request of a document. `accept`: the media type of the response. */
export async function requestOf(
  { key }: SemblanceClient,
  query: string,
  variables: object,
  accept = "application/json",
): Promise<{ method: "POST"; headers: Record<string, string>; body: string | FormData }> {
  const files: [path: string, file: UploadFile][] = [];
  const operation = JSON.stringify({ query, variables: withoutFiles(variables, "variables", files) });
  const headers = { accept, ...(key && { authorization: `Bearer ${await key()}` }) };
  // The media type of a form contains its boundary, which fetch chooses.
  return files.length > 0
    ? { method: "POST", headers, body: multipart(operation, files) }
    : { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: operation };
}

/** https://github.com/jaydenseric/graphql-multipart-request-spec */
function multipart(operation: string, files: readonly [path: string, file: UploadFile][]): FormData {
  const form = new FormData();
  form.append("operations", operation);
  form.append("map", JSON.stringify(Object.fromEntries(files.map(([path], i) => [i, [path]]))));
  for (const [i, [, file]] of files.entries()) {
    // React Native reads the file of an object with a `uri`. Its types are not those of browsers.
    const part = file instanceof Uint8Array ? new Blob([file as BlobPart]) : (file as Blob);
    form.append(String(i), part);
  }
  return form;
}

/** Returns a copy with null in place of each file, and adds the files to `files`. */
function withoutFiles(value: unknown, path: string, files: [string, UploadFile][]): unknown {
  if (isUpload(value)) {
    files.push([path, value]);
    return null;
  }
  if (Array.isArray(value)) return value.map((item, i) => withoutFiles(item, `${path}.${i}`, files));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withoutFiles(item, `${path}.${name}`, files)]),
  );
}

/** Reads the data of a response. Throws if it has errors. */
export async function dataOf<Result>(response: Response): Promise<Result> {
  const { status, headers } = response;
  const text = await response.text();
  let body: GraphQLResponse<Result> = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Reported below.
  }
  const details = {
    status,
    requestId: headers.get("x-request-id") ?? undefined,
    retryAfterMs: retryAfterMs(headers.get("retry-after")),
  };
  const [error] = body.errors ?? [];
  if (error) throw new SemblanceError(error.message, { ...details, code: error.extensions?.code ?? "BAD_RESPONSE" });
  if (body.data) return body.data;
  throw new SemblanceError(
    `The response with status ${status} is not a GraphQL response. Check the address of the service.`,
    {
      ...details,
      code: "BAD_RESPONSE",
    },
  );
}

/** RFC 9110, section 10.2.3: seconds or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** What to throw if a request failed with `cause`: the reason of the aborted signal, or an error with the code NETWORK. */
export function connectionError({ endpoint }: SemblanceClient, cause: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason ?? cause;
  return new SemblanceError(`${endpoint} could not be reached, or the connection was lost.`, {
    code: "NETWORK",
    cause,
  });
}

/** A signal that aborts with `signal` or after `ms`. React Native has no `AbortSignal.any`. */
function timeLimit(ms: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  let timedOut = false;
  const timeout = setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, ms);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    hasTimedOut: () => timedOut,
    end() {
      clearTimeout(timeout);
      signal?.removeEventListener("abort", abort);
    },
  };
}

/** Resolves after `ms`, and rejects when the signal aborts. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timeout);
      reject(signal?.reason);
    };
    const timeout = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
