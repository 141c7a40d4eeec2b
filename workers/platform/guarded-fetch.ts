import { type BadImage, type BadImageReason, MAX_PICTURE_BYTES, tooLarge } from "./picture.ts";
import { type AddressRules, addressTrouble } from "./public-address.ts";
import { readAtMost } from "./read-at-most.ts";

/** Fetches a picture from a URL that a client sent. The URL is not trusted. */
export type GuardedFetch = (url: URL) => Promise<Uint8Array | BadImage>;

export interface GuardedFetchOptions extends AddressRules {
  fetch?: typeof fetch;
}

/** For the whole fetch, including redirects and the body. */
const TIME_LIMIT_MS = 5_000;
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function guardedFetch({ fetch = globalThis.fetch, ...rules }: GuardedFetchOptions): GuardedFetch {
  const forbiddenUrl = async (url: URL): Promise<BadImage | undefined> => {
    const problem = await addressTrouble(url, rules);
    return problem === undefined
      ? undefined
      : forbidden(`The picture's URL ${problem}. Use a public https URL, or upload the picture.`);
  };

  const follow = async (start: URL): Promise<Uint8Array | BadImage> => {
    const signal = AbortSignal.timeout(TIME_LIMIT_MS);
    let url = start;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const refused = await forbiddenUrl(url);
      if (refused) return refused;
      // fetch must not follow redirects itself, because each URL is checked first.
      const response = await fetch(url, { redirect: "manual", signal, headers: { accept: "image/*" } });
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return read(response);
      await response.body?.cancel();
      url = new URL(location, url);
    }
    return unreachable(`redirects more than ${MAX_REDIRECTS} times`);
  };

  // Failures of DNS, the connection or the timeout are all problems of the other server, so the client gets one message.
  return (url) => follow(url).catch(() => unreachable("could not be fetched"));
}

async function read(response: Response): Promise<Uint8Array | BadImage> {
  const { ok, status, headers, body } = response;
  if (!ok || !body) {
    await body?.cancel();
    return unreachable(`returned HTTP ${status}`);
  }
  const length = Number(headers.get("content-length"));
  if (length > MAX_PICTURE_BYTES) {
    await body.cancel();
    return tooLarge(length, MAX_PICTURE_BYTES);
  }
  return (await readAtMost(body, MAX_PICTURE_BYTES)) ?? tooLarge(undefined, MAX_PICTURE_BYTES);
}

const bad = (reason: BadImageReason, message: string): BadImage => ({ kind: "badImage", reason, message });
const forbidden = (message: string) => bad("FORBIDDEN_ADDRESS", message);
const unreachable = (problem: string) =>
  bad(
    "UNREACHABLE",
    `The picture's URL ${problem}. Check that it opens without a login within ${TIME_LIMIT_MS / 1_000} seconds, or upload the picture.`,
  );
