import type { Plugin } from "graphql-yoga";
import { unauthenticated, type Visit } from "./context.ts";

/**
 * Lets nobody in without a valid key. Until the key is known nothing is read but the headers: a stranger is answered while still
 * sending, costs no memory, and learns nothing of the schema.
 *
 * No protection against cross-site request forgery is needed: a key is a bearer token, which no browser adds by itself.
 */
export const authentication = (): Plugin<object, Visit> => ({
  async onRequestParse({ serverContext }) {
    if (!(await serverContext.authenticating)) throw unauthenticated();
  },
});
