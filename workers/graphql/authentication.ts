import type { Plugin } from "graphql-yoga";
import type { RateLimits } from "../access/rate-limits.ts";
import { type RequestState, unauthenticated } from "./context.ts";
import { rateLimited } from "./errors.ts";

/**
 * Refuses requests without a valid API key, and requests over the rate limit. Reads only the headers until the key is verified. So a
 * request without a valid key gets its response while it is still sending, takes no memory, and reveals nothing about the schema. The
 * request is counted while its body is read, so counting adds no delay.
 *
 * Protection against cross-site request forgery is not needed: a key is a bearer token, which browsers do not add to requests.
 */
export const authentication = (limits: RateLimits): Plugin<object, RequestState> => ({
  async onRequestParse({ request, serverContext }) {
    if (await serverContext.authentication) {
      // If this key already exceeded the limit in this window, the result is known at once, and the body is not read.
      const knownWait = await Promise.race([serverContext.secondsToWait, undefined]);
      if (knownWait !== undefined) throw rateLimited(knownWait);
      return;
    }
    const seconds = await limits.checkAddress(request.headers.get("cf-connecting-ip"));
    throw seconds === undefined ? unauthenticated() : rateLimited(seconds);
  },
  async onParams({ context }) {
    const seconds = await context.secondsToWait;
    if (seconds !== undefined) throw rateLimited(seconds);
  },
});
