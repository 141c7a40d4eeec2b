import * as v from "valibot";
import { sha256 } from "../../models/importer/files.ts";
import type { Dispatch } from "../../schema/protocol/dispatch.ts";
import { InputError } from "./attempt-outcome.ts";
import { backOff, isRetryableStatus } from "./retry.ts";

type Input = Pick<NonNullable<Dispatch["checkpoint"]>, "url" | "sha256">;

/** The size limit of the largest artifact, because a checkpoint of an earlier attempt is also an input. */
const MAX_INPUT_BYTES = 24 * 2 ** 20;
/** Timeout of one try to fetch one input. */
const TRY_TIMEOUT_MS = 60_000;
const MAX_TRIES = 8;

/**
 * Fetches an input from its signed URL and compares its SHA-256 with the dispatch. It retries while the Worker is unavailable.
 * Rejects with {@link InputError} or the signal's reason.
 */
export async function download(
  input: Input,
  { fetch, signal }: { fetch: typeof globalThis.fetch; signal: AbortSignal },
) {
  for (let tries = 1; ; tries++) {
    const result = await downloadOnce(input, fetch, signal);
    signal.throwIfAborted();
    if (result instanceof Uint8Array) return result;
    if (!result.retry || !result.retryNow || tries === MAX_TRIES) throw new InputError(result.message, result.retry);
    await backOff(tries, signal).catch(() => signal.throwIfAborted());
  }
}

interface DownloadFailure {
  message: string;
  /** Another attempt, which gets new URLs, can succeed. */
  retry: boolean;
  /** Another try of the same URL can succeed. */
  retryNow: boolean;
}

const UNREACHABLE: DownloadFailure = {
  message: "The job service could not fetch an input of the job. Start the job again.",
  retry: true,
  retryNow: true,
};
const GONE: DownloadFailure = {
  message: "An input of the job was deleted or has expired. Start the job again and send its pictures again.",
  retry: true,
  retryNow: false,
};
const WRONG_HASH: DownloadFailure = {
  message: "An input of the job does not have the expected SHA-256. Start the job again.",
  retry: true,
  retryNow: false,
};
const TOO_LARGE: DownloadFailure = {
  message: `An input of the job is larger than the limit of ${MAX_INPUT_BYTES / 2 ** 20} MB. Send a smaller picture.`,
  retry: false,
  retryNow: false,
};

async function downloadOnce(
  input: Input,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Uint8Array | DownloadFailure> {
  try {
    const response = await fetch(input.url, {
      // The issuer signed this URL only. A redirect could lead to another server.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_TIMEOUT_MS)]),
    });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return isRetryableStatus(response.status) ? UNREACHABLE : GONE;
    }
    const bytes = await readAtMost(response.body, MAX_INPUT_BYTES);
    if (!bytes) return TOO_LARGE;
    return sha256(bytes) === input.sha256 ? bytes : WRONG_HASH;
  } catch {
    return UNREACHABLE;
  }
}

/** Returns undefined if the body has more than `maxBytes`, without reading the rest. */
async function readAtMost(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(Buffer.concat(parts));
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
}

/** All URLs of a dispatch must have the issuer's origin. The service sends no request to another server, even if the token is valid. */
export const onlyIssuerUrls = (issuer: string) => {
  const { origin } = new URL(issuer);
  const isOwn = (url: string) => new URL(url).origin === origin;
  return v.check<Dispatch, string>(({ work, checkpoint, reports }) => {
    const files =
      work.kind === "optimizeStyle" ? [work.content, ...work.paintings.map(({ file }) => file)] : [work.painting];
    return [...files, ...(checkpoint ? [checkpoint] : []), reports].every(({ url }) => isOwn(url));
  }, `All URLs must start with ${origin}.`);
};
