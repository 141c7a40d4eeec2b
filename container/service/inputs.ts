import * as v from "valibot";
import { sha256 } from "../../models/importer/files.ts";
import type { Dispatch } from "../../schema/protocol/dispatch.ts";
import { InputError } from "./ending.ts";
import { backOff, mayPass } from "./retry.ts";

type Input = Pick<NonNullable<Dispatch["checkpoint"]>, "url" | "sha256">;

/** As large as the largest artifact: a checkpoint comes back this way. */
const MOST_BYTES = 24 * 2 ** 20;
/** For one try at one input. */
const LIMIT_MS = 60_000;
const MOST_TRIES = 8;

/**
 * The bytes that a signed address gives, when they are those that the dispatch names. A Worker that is away for a moment is
 * waited for. Rejects with {@link InputError} or the signal's reason.
 */
export async function download(
  input: Input,
  { fetch, signal }: { fetch: typeof globalThis.fetch; signal: AbortSignal },
) {
  for (let tries = 1; ; tries++) {
    const got = await once(input, fetch, signal);
    signal.throwIfAborted();
    if (got instanceof Uint8Array) return got;
    if (!got.retry || !got.soon || tries === MOST_TRIES) throw new InputError(got.message, got.retry);
    await backOff(tries, signal).catch(() => signal.throwIfAborted());
  }
}

interface Trouble {
  message: string;
  /** Whether another attempt, with other addresses, may do better; and whether another try may. */
  retry: boolean;
  soon: boolean;
}

const UNREACHABLE: Trouble = {
  message: "The job service could not fetch the job's pictures. Start the job again.",
  retry: true,
  soon: true,
};
const GONE: Trouble = {
  message: "A picture of the job is not there any more. Start the job again with its pictures.",
  retry: true,
  soon: false,
};
const OTHER: Trouble = {
  message: "A picture of the job is not the one that was sent. Start the job again.",
  retry: true,
  soon: false,
};
const TOO_LARGE: Trouble = {
  message: `A picture of the job is larger than ${MOST_BYTES / 2 ** 20} MB. Send a smaller one.`,
  retry: false,
  soon: false,
};

async function once(input: Input, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<Uint8Array | Trouble> {
  try {
    const response = await fetch(input.url, {
      // What another place would give is not what the issuer has signed for.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
    });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return mayPass(response.status) ? UNREACHABLE : GONE;
    }
    const bytes = await readAtMost(response.body, MOST_BYTES);
    if (!bytes) return TOO_LARGE;
    return sha256(bytes) === input.sha256 ? bytes : OTHER;
  } catch {
    return UNREACHABLE;
  }
}

/** Undefined where there is more; the rest is not waited for. */
async function readAtMost(body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array | undefined> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(Buffer.concat(parts));
    length += value.length;
    if (length > most) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
}

/** A dispatch that hands over only what the issuer itself gives and takes: others are not asked, whoever signed it. */
export const withinIssuer = (issuer: string) => {
  const { origin } = new URL(issuer);
  const isOwn = (url: string) => new URL(url).origin === origin;
  return v.check<Dispatch, string>(({ work, checkpoint, reports }) => {
    const files =
      work.kind === "optimizeStyle" ? [work.content, ...work.paintings.map(({ file }) => file)] : [work.painting];
    return [...files, ...(checkpoint ? [checkpoint] : []), reports].every(({ url }) => isOwn(url));
  }, `All addresses must be of ${origin}.`);
};
