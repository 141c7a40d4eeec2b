import { defaultEmbedder } from "../models/catalog.ts";
import { type PendingErasure, pendingErasures, settleErasure } from "./gallery/erasure.ts";
import { type Gallery, openGallery } from "./gallery/gallery.ts";
import type { Shards } from "./gallery/shards.ts";
import { graphqlServer } from "./graphql/server.ts";
import { readiness } from "./health.ts";
import type { Actor } from "./platform/actor.ts";
import { clockRuns, systemClock } from "./platform/clock.ts";
import { type Database, openDatabase } from "./platform/database.ts";
import { guardedFetch } from "./platform/guarded-fetch.ts";
import { forgetOldOutcomes } from "./platform/idempotency.ts";
import { imagesShrink } from "./platform/images.ts";
import { log } from "./platform/log.ts";
import { type CodecModules, startCodecs } from "./vision/codecs.ts";
import { startRuntime } from "./vision/runtime.ts";
import { createVision, type Vision } from "./vision/vision.ts";
import { warmUp } from "./vision/warm-up.ts";

/** What the code does not carry itself: WebAssembly modules and models, by catalog id. */
export interface Binaries {
  runtime: WebAssembly.Module;
  codecs: CodecModules;
  models: Record<string, ArrayBuffer>;
  /** The embedder of new collections; the catalog's default where it is left out. */
  embedder?: string;
}

/** What is made once an isolate, from `env`: the only place that reads it. */
interface Product {
  db: Database;
  vision: Vision;
  shards: Shards;
  graphql: ReturnType<typeof graphqlServer>;
  galleryFor: (actor: Actor, ctx: ExecutionContext) => Gallery;
}

/** The Worker: HTTP, the queue of erasures, the schedule. */
export function semblance(binaries: Binaries): ExportedHandler<Env, PendingErasure> {
  warmUp();
  let made: Product | undefined;
  const product = (env: Env) => {
    made ??= assemble(env, binaries);
    return made;
  };
  return {
    async fetch(request, env, ctx) {
      const { pathname } = new URL(request.url);
      const { db, vision, graphql, galleryFor } = product(env);
      switch (pathname) {
        case "/graphql":
          return graphql.fetch(request, {
            db,
            galleryFor: (actor) => galleryFor(actor, ctx),
            later: (work) => ctx.waitUntil(work),
          });
        case "/healthz":
          return Response.json({ ok: true });
        case "/readyz": {
          const ready = await readiness(db, vision);
          return Response.json(ready, { status: Object.values(ready).every(Boolean) ? 200 : 503 });
        }
        default:
          return Response.json({ error: "Not found. The API is at /graphql." }, { status: 404 });
      }
    },

    async queue(batch, env) {
      for (const message of batch.messages) {
        try {
          await settleErasure(message.body, product(env));
          message.ack();
        } catch (error) {
          log("warn", { event: "erasure.retried", tenantId: message.body.tenantId, error });
          message.retry();
        }
      }
    },

    async scheduled(_controller, env) {
      const { db, shards } = product(env);
      await forgetOldOutcomes(db, systemClock());
      for (const erasure of await pendingErasures(db, 100)) {
        await settleErasure(erasure, { db, shards }).catch((error) =>
          log("warn", { event: "erasure.retried", tenantId: erasure.tenantId, error }),
        );
      }
    },
  };
}

function assemble(env: Env, binaries: Binaries): Product {
  const development = env.ENVIRONMENT === "development";
  const db = openDatabase(env.DB);
  const vision = createVision({
    runtime: startRuntime(binaries.runtime),
    codecs: startCodecs(binaries.codecs),
    models: binaries.models,
    defaultEmbedder: binaries.embedder ?? defaultEmbedder().id,
    shrink: env.IMAGES && imagesShrink(env.IMAGES),
  });
  const shards: Shards = (tenantId, collectionId) =>
    env.GALLERY_SHARD.get(env.GALLERY_SHARD.idFromName(`${tenantId}/${collectionId}`));
  const graphql = graphqlServer({
    development,
    allowedOrigins: env.ALLOWED_ORIGINS.split(/\s+/).filter(Boolean),
    fetchPicture: guardedFetch({ allowLoopback: env.ALLOW_LOOPBACK_URLS === "true" }),
    vision,
    clock: systemClock,
    clockRuns,
    graphiql: async () => (await env.ASSETS.fetch("https://assets/graphiql.html")).text(),
  });
  const galleryFor = (actor: Actor, ctx: ExecutionContext): Gallery =>
    openGallery({
      db,
      shards,
      actor,
      clock: systemClock,
      later: (work) => ctx.waitUntil(work),
      confirmErasure: async (collectionId) => {
        const erasure = { tenantId: actor.tenantId, collectionId };
        // The schedule comes round to it even where the queue cannot be reached.
        await settleErasure(erasure, { db, shards }).catch(() => env.ERASURES.send(erasure).catch(() => {}));
      },
    });
  return { db, vision, shards, graphql, galleryFor };
}
