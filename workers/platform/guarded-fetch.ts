import { type BadImage, type BadImageReason, MAX_PICTURE_BYTES, tooLarge } from "./picture.ts";
import { type AddressRules, addressTrouble } from "./public-address.ts";
import { readAtMost } from "./read-at-most.ts";

/** Reads a picture from an address that a stranger gave. */
export type GuardedFetch = (url: URL) => Promise<Uint8Array | BadImage>;

export interface GuardedFetchOptions extends AddressRules {
  fetch?: typeof fetch;
}

/** In all, redirects and body included. */
const TIME_LIMIT_MS = 5_000;
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function guardedFetch({ fetch = globalThis.fetch, ...rules }: GuardedFetchOptions): GuardedFetch {
  const refusal = async (url: URL): Promise<BadImage | undefined> => {
    const trouble = await addressTrouble(url, rules);
    return trouble === undefined
      ? undefined
      : forbidden(
          `The picture's address ${trouble}. Use an https address that anyone can open, or send the picture itself.`,
        );
  };

  const follow = async (start: URL): Promise<Uint8Array | BadImage> => {
    const signal = AbortSignal.timeout(TIME_LIMIT_MS);
    let url = start;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const refused = await refusal(url);
      if (refused) return refused;
      // Not followed by itself: every address on the way is checked.
      const response = await fetch(url, { redirect: "manual", signal, headers: { accept: "image/*" } });
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return read(response);
      await response.body?.cancel();
      url = new URL(location, url);
    }
    return unreachable(`leads on more than ${MAX_REDIRECTS} times`);
  };

  // Whatever goes wrong on the way goes wrong at the other end, for the caller: a name, a connection, the time limit.
  return (url) => follow(url).catch(() => unreachable("could not be read"));
}

async function read(response: Response): Promise<Uint8Array | BadImage> {
  const { ok, status, headers, body } = response;
  if (!ok || !body) {
    await body?.cancel();
    return unreachable(`answered with the status ${status}`);
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
const unreachable = (what: string) =>
  bad("UNREACHABLE", `The picture's address ${what}. Check that anyone can open it within 5 seconds.`);
