import type { Plugin } from "graphql-yoga";
import type { RequestState } from "./context.ts";

/** Prevents caching of responses, which contain personal data, and content sniffing by browsers. */
export const responseHeaders = (): Plugin => ({
  onResponse({ response: { headers } }) {
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
  },
});

/**
 * `Server-Timing: decode;dur=12.1, detect;dur=20.4, embed;dur=31.7, search;dur=2.2, total;dur=70.9`, in milliseconds.
 * https://www.w3.org/TR/server-timing/ If the clock does not advance during
 * computation, only `search` is reported, which waits for I/O.
 */
export const serverTiming = (clockRuns: () => boolean): Plugin<object, RequestState> => ({
  onResponse({ response, serverContext: { stopwatch } }) {
    const runs = clockRuns();
    const stages = [...stopwatch.spent].filter(([stage]) => runs || stage === "search");
    const metrics = [...stages, ...(runs ? [["total", stopwatch.total] as const] : [])];
    if (metrics.length === 0) return;
    response.headers.set("Server-Timing", metrics.map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`).join(", "));
  },
});
