import type { Plugin } from "graphql-yoga";
import type { RateLimits } from "../access/rate-limits.ts";
import { unauthenticated, type Visit } from "./context.ts";
import { rateLimited } from "./errors.ts";

/**
 * Lets nobody in without a valid key, nor who asks too often. Until the key is known nothing is read but the headers: a stranger is
 * answered while still sending, costs no memory, and learns nothing of the schema. How often the key has asked is being counted while
 * the body is read: nobody waits for it.
 *
 * No protection against cross-site request forgery is needed: a key is a bearer token, which no browser adds by itself.
 */
export const authentication = (limits: RateLimits): Plugin<object, Visit> => ({
  async onRequestParse({ request, serverContext }) {
    if (await serverContext.authenticating) {
      // What is known already: a key that was refused in this window is not counted again, and its bodies are not read.
      const known = await Promise.race([serverContext.limiting, undefined]);
      if (known !== undefined) throw rateLimited(known);
      return;
    }
    const seconds = await limits.stranger(request.headers.get("cf-connecting-ip"));
    throw seconds === undefined ? unauthenticated() : rateLimited(seconds);
  },
  async onParams({ context }) {
    const seconds = await context.limiting;
    if (seconds !== undefined) throw rateLimited(seconds);
  },
});
