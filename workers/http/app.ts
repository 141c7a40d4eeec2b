import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Assets } from "../platform/assets.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Signer } from "../platform/signing.ts";
import type { Vision } from "../vision/vision.ts";
import { type CallbackDeps, callbackRoutes } from "./callbacks.ts";
import { download } from "./downloads.ts";
import { readiness } from "./health.ts";
import { homePage } from "./home.ts";

export interface HttpDeps extends CallbackDeps {
  db: Database;
  vision: Vision;
  assets: Assets;
  blobs: Blobs;
  signer: Signer;
  clock: Clock;
  /** The GraphQL endpoint. */
  graphql: (request: Request, ctx: ExecutionContext) => Promise<Response>;
  /** Shows a link to GraphiQL on the home page. */
  development: boolean;
}

/** The HTTP routes of the Worker. */
export function createHttpApp(deps: HttpDeps): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      strictTransportSecurity: "max-age=31536000",
      // Web pages of other origins show the images of signed URLs.
      crossOriginResourcePolicy: false,
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    }),
  );
  app.all("/graphql", (c) => deps.graphql(c.req.raw, c.executionCtx as ExecutionContext));
  app.route("/jobs", callbackRoutes(deps));
  app.all("/images/*", (c) => download(c.req.raw, c.req.path.slice("/images/".length), deps));
  app.get("/styles/:style{[a-z0-9-]+}/thumbnail.jpg", (c) => deps.assets.answer(c.req.raw));
  app.get("/favicon.svg", (c) => deps.assets.answer(c.req.raw));
  app.get("/.well-known/jwks.json", (c) =>
    c.json(deps.signer.publicKeys, 200, { "Cache-Control": "public, max-age=300" }),
  );
  app.get("/healthz", (c) => c.json({ ok: true }));
  app.get("/readyz", async (c) => {
    const ready = await readiness(deps.db, deps.vision);
    return c.json(ready, Object.values(ready).every(Boolean) ? 200 : 503);
  });
  app.get("/", async (c) => c.html(homePage(await readiness(deps.db, deps.vision), deps)));
  app.onError((error, c) => {
    deps.log("error", { event: "http.failed", operation: c.req.method, error });
    return c.json({ error: "Internal error. Try again." }, 500);
  });
  app.notFound((c) => c.json({ error: "Not found. The GraphQL endpoint is /graphql." }, 404));
  return app;
}
