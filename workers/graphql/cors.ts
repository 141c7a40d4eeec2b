import type { Plugin, YogaServerOptions } from "graphql-yoga";

type Cors = Extract<YogaServerOptions<object, object>["cors"], (...args: never[]) => unknown>;

/** Allows calls from browsers at the listed origins, with a key but without cookies. An empty list allows none. */
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

/** Adds `Vary: Origin`, because the response depends on the origin. Yoga omits it if CORS returns a single origin. */
export const varyByOrigin = (): Plugin => ({
  onResponse({ response }) {
    response.headers.append("Vary", "Origin");
  },
});
