import ipaddr from "ipaddr.js";
import { type BadImage, type BadImageReason, MAX_PICTURE_BYTES } from "./picture.ts";
import { readAtMost } from "./read-at-most.ts";

/** Reads a picture from an address that a stranger gave. */
export type GuardedFetch = (url: URL) => Promise<Uint8Array | BadImage>;

export interface GuardedFetchOptions {
  /** Lets addresses point at this machine, over http and on any port: for tests alone. */
  allowLoopback: boolean;
  fetch?: typeof fetch;
  /**
   * The addresses behind a name, to be checked as well. There is none by default: a Worker on Cloudflare has no way into a
   * private network by a name, whatever it resolves to, and no resolver whose answer the connection would be bound to. Where
   * the Worker runs inside a network of its own, give one, and refuse private destinations at its exit too: between this
   * question and the connection a name may change.
   */
  resolve?: (hostname: string) => Promise<readonly string[]>;
}

/** In all, redirects and body included. */
const TIME_LIMIT_MS = 5_000;
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Names that mean something inside a network only. RFC 6761, RFC 6762, RFC 8375, and what clouds call their metadata. */
const PRIVATE_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa)$/;
/** Azure's metadata and DNS: inside the public range. The others' are link-local or reserved. */
const METADATA = "168.63.129.16";
/** Global unicast: RFC 4291, section 2.4; all else is special, unassigned, or an IPv4 address in disguise. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

export function guardedFetch({ allowLoopback, fetch = globalThis.fetch, resolve }: GuardedFetchOptions): GuardedFetch {
  const refusal = async (url: URL): Promise<BadImage | undefined> => {
    const host = hostOf(url);
    if (allowLoopback && isLoopback(host)) return undefined;
    if (url.protocol !== "https:") return forbidden("The picture's address must begin with https://.");
    if (url.username || url.password) return forbidden("The picture's address must not contain a user or a password.");
    if (url.port !== "") return forbidden("The picture's address must not name a port.");
    const addresses = [host, ...(resolve && !ipaddr.isValid(host) ? await resolve(host) : [])];
    return addresses.every(isPublic)
      ? undefined
      : forbidden("The picture's address is not on the public internet. Use a public one, or send the picture itself.");
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
  if (Number(headers.get("content-length")) > MAX_PICTURE_BYTES) {
    await body.cancel();
    return tooLarge();
  }
  return (await readAtMost(body, MAX_PICTURE_BYTES)) ?? tooLarge();
}

/** Without the brackets of an IPv6 address, and without the dot that may end a name. The URL parser has made the rest plain. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

function isLoopback(host: string): boolean {
  return ipaddr.isValid(host) ? ipaddr.parse(host).range() === "loopback" : /(^|\.)localhost$/.test(host);
}

/** Whether a host is a public address, or a name that may stand for one. */
export function isPublic(host: string): boolean {
  if (!ipaddr.isValid(host)) return host.includes(".") && !PRIVATE_NAMES.test(host);
  const address = ipaddr.parse(host);
  if (address.range() !== "unicast" || host === METADATA) return false;
  return address.kind() === "ipv4" || address.match(GLOBAL_UNICAST);
}

const bad = (reason: BadImageReason, message: string): BadImage => ({ kind: "badImage", reason, message });
const forbidden = (message: string) => bad("FORBIDDEN_ADDRESS", message);
const unreachable = (what: string) =>
  bad("UNREACHABLE", `The picture's address ${what}. Check that anyone can open it within 5 seconds.`);
const tooLarge = () => bad("TOO_LARGE", "The picture at this address is larger than 10 MB. Make it smaller.");
