import { setTimeout as sleep } from "node:timers/promises";

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/**
 * Waits before another try: twice as long each time, up to five seconds, and somewhere in the upper half of it, so that those
 * who lost the same Worker do not come back together. Rejects when the signal aborts. `tries`: from 1.
 */
export async function backOff(tries: number, signal: AbortSignal): Promise<void> {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
  await sleep(most * (0.5 + 0.5 * Math.random()), undefined, { signal });
}

/** Statuses that may be others a moment later. */
export const mayPass = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429;
