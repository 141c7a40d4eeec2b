/** The current time in milliseconds since 1970. An interface, so that tests can control expiry. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

let measured: boolean | undefined;

/**
 * Whether the clock advances during computation. On Cloudflare it advances only with I/O, as a defense against timing attacks, so a
 * Worker cannot measure pure computation there. In workerd on a local machine the clock advances.
 * https://developers.cloudflare.com/workers/reference/security-model/#step-1-disallow-timers-and-multi-threading
 */
export function clockRuns(): boolean {
  if (measured === undefined) {
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < 5_000_000 && performance.now() === start; i++) sum += i;
    measured = sum >= 0 && performance.now() > start;
  }
  return measured;
}
