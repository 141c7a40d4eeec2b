import { setTimeout as sleep } from "node:timers/promises";

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;

/**
 * Waits before a retry. The delay doubles each time, up to five seconds. A random part of up to half of it is left out, so that clients
 * that lost the same Worker do not retry at the same moment. Rejects when the signal aborts. `tries`: from 1.
 */
export async function backOff(tries: number, signal: AbortSignal): Promise<void> {
  const maxDelay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  await sleep(maxDelay * (0.5 + 0.5 * Math.random()), undefined, { signal });
}

/** HTTP statuses that a retry can change. */
export const isRetryableStatus = (status: number): boolean =>
  status >= 500 || status === 408 || status === 425 || status === 429;
