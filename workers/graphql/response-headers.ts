import type { Plugin } from "graphql-yoga";

/** Prevents caching of responses, which contain personal data, and content sniffing by browsers. */
export const responseHeaders = (): Plugin => ({
  onResponse({ response: { headers } }) {
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
  },
});
