import type { Plugin } from "graphql-yoga";

/** Keeps answers, which are about people, out of every cache, and their declared type from being guessed at. */
export const responseHeaders = (): Plugin => ({
  onResponse({ response: { headers } }) {
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
  },
});
