import type { Plugin } from "graphql-yoga";
import { unauthenticated, type Visit } from "./context.ts";

/**
 * Lets nobody in without a valid key. The key is being read while the body comes in; the document is not even parsed before
 * the answer is there, so that a stranger learns nothing of the schema and costs nothing.
 *
 * No protection against cross-site request forgery is needed: a key is a bearer token, which no browser adds by itself.
 */
export const authentication = (): Plugin<object, Visit> => ({
  async onParams({ context }) {
    if (!(await context.authenticating)) throw unauthenticated();
  },
});
