import ipaddr from "ipaddr.js";
import type { Clock } from "../platform/clock.ts";
import { sha256 } from "../platform/sha256.ts";
import { tokenIn } from "./authenticate.ts";

/** Cloudflare's rate limiting binding: counts requests in windows of {@link PERIOD_MS}, separately in each Cloudflare location. */
export interface RateLimiter {
  limit(of: { key: string }): Promise<{ success: boolean }>;
}

/**
 * The rate limits. Each method counts a request. It returns the number of seconds to wait if the limit is exceeded, otherwise
 * undefined.
 */
export interface RateLimits {
  /**
   * Counts a request by its key. The key need not be verified first, so this does not wait for the database. It does not wait for the
   * limiter either, unless an earlier request of the key still does. So each isolate lets through one request above the limit per window.
   */
  checkKey(authorization: string | null): Promise<number | undefined>;
  /** Counts a request without a valid key by the IP address of the client. */
  checkAddress(address: string | null): Promise<number | undefined>;
}

/** The period of both limits in `wrangler.toml`, in milliseconds. A window starts every ten seconds, counted from 1970. */
const PERIOD_MS = 10_000;
/** A client with one IPv6 address usually has all addresses with the same first 64 bits (RFC 6177), so these count as one. */
const IPV6_PREFIX = 64;

/** What an isolate knows about the requests of one window. The sets contain the keys and the addresses that are counted. */
interface Window {
  number: number;
  /** Over the limit. They are refused without another call of the limiter. */
  exceeded: Set<string>;
  /** The limiter has not answered yet. */
  unanswered: Set<string>;
}

/** No limits, for local machines and tests. */
export const unlimited: RateLimits = { checkKey: async () => undefined, checkAddress: async () => undefined };

export function openRateLimits(
  { byKey, byAddress }: { byKey: RateLimiter; byAddress: RateLimiter },
  clock: Clock,
): RateLimits {
  let window: Window = { number: 0, exceeded: new Set(), unanswered: new Set() };

  /** Calls the limiter, and returns the seconds to wait. */
  async function check(limiter: RateLimiter, key: string): Promise<number | undefined> {
    const { exceeded } = currentWindow();
    if (!exceeded.has(key)) {
      // If the limiter fails, allow the request: the limits protect the service, they do not control access.
      const { success } = await limiter.limit({ key }).catch(() => ({ success: true }));
      if (success) return undefined;
      exceeded.add(key);
    }
    return secondsToNextWindow();
  }

  function currentWindow(): Window {
    const number = Math.floor(clock() / PERIOD_MS);
    if (number !== window.number) window = { number, exceeded: new Set(), unanswered: new Set() };
    return window;
  }

  const secondsToNextWindow = () => Math.ceil((PERIOD_MS - (clock() % PERIOD_MS)) / 1_000);

  /** Like `check`, but does not wait for the limiter if it has answered all earlier requests of this key. */
  async function checkWithoutWaiting(limiter: RateLimiter, key: string): Promise<number | undefined> {
    const { exceeded, unanswered } = currentWindow();
    if (unanswered.has(key) || exceeded.has(key)) return check(limiter, key);
    unanswered.add(key);
    void check(limiter, key).then(() => unanswered.delete(key));
    return undefined;
  }
  return {
    async checkKey(authorization) {
      const token = tokenIn(authorization);
      // Count by the hash of the secret, not by the ID of the key. Otherwise a person who knows the ID could use up the limit.
      return token && checkWithoutWaiting(byKey, await sha256(token.secret));
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
