import ipaddr from "ipaddr.js";
import type { Clock } from "../platform/clock.ts";
import { sha256 } from "../platform/sha256.ts";
import { tokenIn } from "./authenticate.ts";

/** Cloudflare's rate limiting binding: counts requests in windows of {@link PERIOD_SECONDS}, separately in each Cloudflare location. */
export interface RateLimiter {
  limit(of: { key: string }): Promise<{ success: boolean }>;
}

/**
 * The rate limits. Each method counts a request. It returns the number of seconds to wait if the limit is exceeded, otherwise
 * undefined.
 */
export interface RateLimits {
  /** Counts a request by its key. The key need not be verified first, so this does not wait for the database. */
  checkKey(authorization: string | null): Promise<number | undefined>;
  /** Counts a request without a valid key by the IP address of the client. */
  checkAddress(address: string | null): Promise<number | undefined>;
}

/** The period of both limits in `wrangler.toml`. A window starts every ten seconds, counted from 1970. */
const PERIOD_SECONDS = 10;
/** A client with one IPv6 address usually has all addresses with the same first 64 bits (RFC 6177), so these count as one. */
const IPV6_PREFIX = 64;

/** No limits, for local machines and tests. */
export const unlimited: RateLimits = { checkKey: async () => undefined, checkAddress: async () => undefined };

export function openRateLimits(
  { byKey, byAddress }: { byKey: RateLimiter; byAddress: RateLimiter },
  clock: Clock,
): RateLimits {
  /** Keys that exceeded the limit in the current window. They are refused without another call of the limiter. */
  const exhausted = new Map<RateLimiter, Set<string>>();
  let window = 0;

  async function check(limiter: RateLimiter, key: string): Promise<number | undefined> {
    const seconds = clock() / 1_000;
    const current = Math.floor(seconds / PERIOD_SECONDS);
    if (current !== window) exhausted.clear();
    window = current;
    const refused = exhausted.get(limiter) ?? new Set();
    if (!refused.has(key)) {
      // If the limiter fails, allow the request: the limits protect the service, they do not control access.
      const { success } = await limiter.limit({ key }).catch(() => ({ success: true }));
      if (success) return undefined;
      if (window === current) exhausted.set(limiter, refused.add(key));
    }
    return Math.ceil((current + 1) * PERIOD_SECONDS - seconds);
  }
  return {
    async checkKey(authorization) {
      const token = tokenIn(authorization);
      // Count by the hash of the secret, not by the ID of the key. Otherwise a person who knows the ID could use up the limit.
      return token && check(byKey, await sha256(token.secret));
    },
    checkAddress: (address) => check(byAddress, networkOf(address)),
  };
}

function networkOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_PREFIX}`).toString();
}
