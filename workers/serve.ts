import type { WorkflowStep } from "cloudflare:workers";
import type { Hono } from "hono";
import { type CodecModules, startCodecs } from "../imaging/codecs/codecs.ts";
import { defaultEmbedder } from "../models/catalog.ts";
import { openRateLimits, unlimited } from "./access/rate-limits.ts";
import { type WebhookSecrets, webhookSecrets } from "./access/webhook-secret.ts";
import { type PendingErasure, settleErasure } from "./gallery/erasure.ts";
import { type Gallery, openGallery } from "./gallery/gallery.ts";
import type { Shards } from "./gallery/shards.ts";
import { graphqlServer } from "./graphql/server.ts";
import { createHttpApp } from "./http/app.ts";
import type { Actor } from "./platform/actor.ts";
import { openAssets } from "./platform/assets.ts";
import { type Blobs, openBlobs } from "./platform/blobs.ts";
import { clockRuns, systemClock } from "./platform/clock.ts";
import { type Database, openDatabase } from "./platform/database.ts";
import { createFileCache } from "./platform/file-cache.ts";
import { guardedFetch } from "./platform/guarded-fetch.ts";
import { imagesShrink } from "./platform/images.ts";
import { log } from "./platform/log.ts";
import type { AddressRules } from "./platform/public-address.ts";
import { createSigner, type Signer } from "./platform/signing.ts";
import { runChores } from "./schedule.ts";
import { dispatch } from "./stylization/dispatch.ts";
import type { Channels } from "./stylization/job-channel.ts";
import { type Lives, liveJob, type Terms } from "./stylization/job-life.ts";
import { type JobAddress, type Jobs, openJobs } from "./stylization/jobs.ts";
import { workflowLives } from "./stylization/lives.ts";
import { type AddressOf, signedAddresses, storedImage } from "./stylization/stored-image.ts";
import { openStyles } from "./stylization/styles.ts";
import { startJpegEncoder } from "./vision/encode.ts";
import { startRuntime } from "./vision/runtime.ts";
import { createStylizer } from "./vision/stylizer.ts";
import { createVision } from "./vision/vision.ts";
import { warmUp } from "./vision/warm-up.ts";
import { announceJob } from "./webhooks/announce-job.ts";

/** What the code does not carry itself: WebAssembly modules and models, by catalog id. */
export interface Binaries {
  runtime: WebAssembly.Module;
  codecs: CodecModules;
  jpegEncoder: WebAssembly.Module;
  models: Record<string, ArrayBuffer>;
  /** The embedder of new collections; the catalog's default where it is left out. */
  embedder?: string;
  /** What comes between the product and R2: in a test, writes that fail. */
  blobs?: (real: Blobs) => Blobs;
}

/** What is made once an isolate, from `env`: the only place that reads it. */
interface Product extends JobGround {
  http: Hono;
  shards: Shards;
}

/** What the product and the jobs' Workflows stand on alike. */
interface JobGround {
  db: Database;
  blobs: Blobs;
  signer: Signer;
  jobs: Jobs;
  lives: Lives;
  channels: Channels;
  addressOf: AddressOf;
  addressRules: AddressRules;
  webhookSecretOf: WebhookSecrets;
  terms: Terms;
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
    fetch: (request, env, ctx) => product(env).http.fetch(request, env, ctx),

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
      await runChores({ ...product(env), clock: systemClock, log });
    },
  };
}

/** Of the files of styles that were used lately, in bytes: the nets and paintings of all that ship fit in. */
const STYLE_FILES = 4 * 2 ** 20;

/** A job's Workflow, from its beginning or from where it was interrupted. */
export function runJobLife(env: Env, at: JobAddress, step: WorkflowStep): Promise<void> {
  const { blobs, signer, addressOf, addressRules, webhookSecretOf, jobs, lives, terms } = jobGround(env);
  return liveJob(at, step, {
    jobs,
    lives,
    dispatch: (job) =>
      dispatch(job, {
        service: { url: env.JOB_SERVICE_URL.replace(/\/+$/, ""), fetch },
        blobs,
        signer,
        addressOf,
        clock: systemClock,
        issuer: env.SEMBLANCE_ISSUER,
        leaseMs: terms.leaseMs,
      }),
    announce: (job) =>
      announceJob(job, {
        rules: addressRules,
        fetch,
        clock: systemClock,
        secretOf: webhookSecretOf,
        resultOf: ({ tenantId, resultKey }) => storedImage({ blobs, addressOf }, tenantId, resultKey),
      }),
    clock: systemClock,
    terms,
    log,
  });
}

const seconds = (text: string): number => Number(text) * 1_000;

function jobGround(env: Env, between: (real: Blobs) => Blobs = (real) => real): JobGround {
  const db = openDatabase(env.DB);
  const signer = createSigner(env.SIGNING_KEYS, env.SEMBLANCE_ISSUER, systemClock);
  const channels: Channels = (jobId) => env.JOB_CHANNEL.get(env.JOB_CHANNEL.idFromName(jobId));
  return {
    db,
    blobs: between(openBlobs(env.BLOBS, db, systemClock)),
    signer,
    // Who watches looks by himself too, later, where he cannot be woken.
    jobs: openJobs(db, systemClock, ({ id, version }) =>
      channels(id)
        .tell(version)
        .catch(() => {}),
    ),
    lives: workflowLives(env.JOB_LIFE),
    channels,
    addressOf: signedAddresses(signer, env.SEMBLANCE_ISSUER),
    addressRules: { allowLoopback: env.ALLOW_LOOPBACK_URLS === "true" },
    webhookSecretOf: webhookSecrets(env.WEBHOOK_SECRET),
    terms: {
      leaseMs: seconds(env.JOB_LEASE_SECONDS),
      attempts: Number(env.JOB_ATTEMPTS),
      retryMs: seconds(env.JOB_RETRY_SECONDS),
      webhookRetriesMs: env.WEBHOOK_RETRY_SECONDS.split(/\s+/).filter(Boolean).map(seconds),
      share: { active: Number(env.JOBS_ACTIVE_PER_TENANT), waiting: Number(env.JOBS_WAITING_PER_TENANT) },
    },
  };
}

function assemble(env: Env, binaries: Binaries): Product {
  const development = env.ENVIRONMENT === "development";
  const ground = jobGround(env, binaries.blobs);
  const { db, blobs, addressOf, addressRules, webhookSecretOf } = ground;
  const assets = openAssets(env.ASSETS);
  const eyes = {
    runtime: startRuntime(binaries.runtime),
    codecs: startCodecs(binaries.codecs),
    shrink: env.IMAGES && imagesShrink(env.IMAGES),
  };
  const vision = createVision({
    ...eyes,
    models: binaries.models,
    defaultEmbedder: binaries.embedder ?? defaultEmbedder().id,
  });
  const shards: Shards = (tenantId, collectionId) =>
    env.GALLERY_SHARD.get(env.GALLERY_SHARD.idFromName(`${tenantId}/${collectionId}`));
  const graphql = graphqlServer({
    development,
    allowedOrigins: env.ALLOWED_ORIGINS.split(/\s+/).filter(Boolean),
    fetchPicture: guardedFetch(addressRules),
    rateLimits:
      env.RATE_LIMITS === "off"
        ? unlimited
        : openRateLimits({ byKey: env.KEY_REQUESTS, byAddress: env.STRANGER_REQUESTS }, systemClock),
    vision,
    stylization: {
      styles: openStyles({ db, blobs, assets, cache: createFileCache(STYLE_FILES) }),
      stylizer: createStylizer({
        ...eyes,
        encode: startJpegEncoder(binaries.jpegEncoder),
        facesIn: vision.facesIn,
      }),
      blobs,
      addressOf,
      issuer: env.SEMBLANCE_ISSUER,
    },
    jobs: {
      ...ground,
      share: ground.terms.share,
      served: env.JOB_SERVICE_URL !== "",
      deadlineMs: seconds(env.JOB_DEADLINE_SECONDS),
    },
    webhookSecretOf,
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
  const http = createHttpApp({
    ...ground,
    vision,
    assets,
    clock: systemClock,
    attempts: ground.terms.attempts,
    log,
    development,
    graphql: (request, ctx) =>
      graphql.fetch(request, {
        db,
        galleryFor: (actor) => galleryFor(actor, ctx),
        waitUntil: (work) => ctx.waitUntil(work),
      }),
  });
  return { ...ground, http, shards };
}
