/** The time of day, in milliseconds since 1970: a port, so that expiry can be tested. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

let runs: boolean | undefined;

/**
 * Whether the clock moves while the CPU works. On Cloudflare it does not (a defence against timing attacks: it moves with
 * I/O alone), so what a stage of pure computation cost cannot be measured there; in workerd on one's own machine it does.
 * https://developers.cloudflare.com/workers/reference/security-model/#step-1-disallow-timers-and-multi-threading
 */
export function clockRuns(): boolean {
  if (runs === undefined) {
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < 5_000_000 && performance.now() === start; i++) sum += i;
    runs = sum >= 0 && performance.now() > start;
  }
  return runs;
}
