import ipaddr from "ipaddr.js";
import type { Clock } from "../platform/clock.ts";
import { sha256 } from "../platform/sha256.ts";
import { tokenIn } from "./authenticate.ts";

/** Cloudflare's rate limiting binding: counts in windows of {@link PERIOD_SECONDS}, for each location of Cloudflare by itself. */
export interface RateLimiter {
  limit(of: { key: string }): Promise<{ success: boolean }>;
}

/** How often who may ask. Each answers with the seconds to wait, or undefined where there is nothing to wait for. */
export interface RateLimits {
  /** Counts a request by the key that it shows, whether or not the key is valid: so it need not wait for the key's read. */
  request(authorization: string | null): Promise<number | undefined>;
  /** Counts a request without a valid key, by the client's address. */
  stranger(address: string | null): Promise<number | undefined>;
}

/** The period of both limits in `wrangler.toml`: a window begins with each tenth second since 1970. */
const PERIOD_SECONDS = 10;
/** Of an IPv6 address: whoever has one has all that begin with the same 64 bits (RFC 6177). */
const IPV6_PREFIX = 64;

/** No limits: on one's own machine, and in tests. */
export const unlimited: RateLimits = { request: async () => undefined, stranger: async () => undefined };

export function openRateLimits(
  { requests, strangers }: { requests: RateLimiter; strangers: RateLimiter },
  clock: Clock,
): RateLimits {
  /** Who has used up this window: they are not counted any more, so that refusing them costs nothing. */
  const exhausted = new Map<RateLimiter, Set<string>>();
  let window = 0;

  async function check(limiter: RateLimiter, key: string): Promise<number | undefined> {
    const seconds = clock() / 1_000;
    const current = Math.floor(seconds / PERIOD_SECONDS);
    if (current !== window) exhausted.clear();
    window = current;
    const refused = exhausted.get(limiter) ?? new Set();
    if (!refused.has(key)) {
      // Who cannot be counted is let in: the limits protect the service, and do not decide who may use it.
      const { success } = await limiter.limit({ key }).catch(() => ({ success: true }));
      if (success) return undefined;
      if (window === current) exhausted.set(limiter, refused.add(key));
    }
    return Math.ceil((current + 1) * PERIOD_SECONDS - seconds);
  }
  return {
    async request(authorization) {
      const token = tokenIn(authorization);
      // By the secret's hash, not by the key's id: somebody else who knows the id cannot use up its requests.
      return token && check(requests, await sha256(token.secret));
    },
    stranger: (address) => check(strangers, networkOf(address)),
  };
}

function networkOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_PREFIX}`).toString();
}
