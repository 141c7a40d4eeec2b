import type { Plugin, YogaServerOptions } from "graphql-yoga";

type Cors = Extract<YogaServerOptions<object, object>["cors"], (...args: never[]) => unknown>;

/** Which browsers may call: those at the origins listed, with a key but without cookies; none where the list is empty. */
export const corsFor =
  (origins: readonly string[]): Cors =>
  (request) => {
    const origin = request.headers.get("origin");
    return origin !== null && origins.includes(origin)
      ? {
          origin,
          methods: ["GET", "POST"],
          allowedHeaders: ["Authorization", "Content-Type"],
          exposedHeaders: ["Retry-After", "Server-Timing", "X-Request-Id"],
          credentials: false,
          maxAge: 86_400,
        }
      : false;
  };

/** Tells caches that the answer depends on who asks, which Yoga leaves out where it is told of one origin. */
export const varyByOrigin = (): Plugin => ({
  onResponse({ response }) {
    response.headers.append("Vary", "Origin");
  },
});
