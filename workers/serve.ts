import type { WorkflowStep } from "cloudflare:workers";
import type { Hono } from "hono";
import { type CodecModules, startCodecs } from "../imaging/codecs/codecs.ts";
import { defaultEmbedder } from "../models/catalog.ts";
import { openRateLimits, unlimited } from "./access/rate-limits.ts";
import { type WebhookSecrets, webhookSecrets } from "./access/webhook-secret.ts";
import { type PendingErasure, settleErasure } from "./gallery/erasure.ts";
import { type Gallery, openGallery } from "./gallery/gallery.ts";
import type { Shards } from "./gallery/shards.ts";
import { DEVELOPMENT_KEY_PLACEHOLDER } from "./graphql/graphiql.ts";
import { graphqlServer } from "./graphql/server.ts";
import { createHttpApp } from "./http/app.ts";
import { dispatch } from "./jobs/dispatch.ts";
import type { Channels } from "./jobs/job-channel.ts";
import { type JobWorkflows, openJobWorkflows } from "./jobs/job-workflows.ts";
import { type JobRef, type Jobs, openJobs } from "./jobs/jobs.ts";
import { type JobPolicy, runJob } from "./jobs/run-job.ts";
import { openAssets } from "./platform/assets.ts";
import type { Actor } from "./platform/audit.ts";
import { type Blobs, openBlobs } from "./platform/blobs.ts";
import { clockRuns, systemClock } from "./platform/clock.ts";
import { type Database, openDatabase } from "./platform/database.ts";
import { createFileCache } from "./platform/file-cache.ts";
import { guardedFetch } from "./platform/guarded-fetch.ts";
import { imagesShrink } from "./platform/images.ts";
import { log } from "./platform/log.ts";
import type { AddressRules } from "./platform/public-address.ts";
import { createSigner, type Signer } from "./platform/signing.ts";
import { createUrlSigner, findStoredImage, type SignUrl } from "./platform/stored-image.ts";
import { runMaintenance } from "./schedule.ts";
import { JOB_KINDS } from "./stylization/job-kinds.ts";
import { openStyles } from "./stylization/styles.ts";
import { startJpegEncoder } from "./vision/encode.ts";
import { startRuntime } from "./vision/runtime.ts";
import { createStylizer } from "./vision/stylizer.ts";
import { createVision } from "./vision/vision.ts";
import { warmUp } from "./vision/warm-up.ts";
import { deliverWebhook } from "./webhooks/deliver-webhook.ts";

/** The WebAssembly modules and the models of a deployment. The entry point imports them. */
export interface Binaries {
  runtime: WebAssembly.Module;
  codecs: CodecModules;
  jpegEncoder: WebAssembly.Module;
  /** By catalog id. */
  models: Record<string, ArrayBuffer>;
  /** The embedder of new collections. Default: the catalog's default embedder. */
  embedder?: string;
  /** Wraps the access to R2. A test uses it to let writes fail. */
  wrapBlobs?: (blobs: Blobs) => Blobs;
}

/** The parts of the Worker, created once per isolate from `env`. */
interface Parts extends JobServices {
  http: Hono;
  shards: Shards;
}

/** The parts that the Worker and the workflows of jobs both use. */
interface JobServices {
  db: Database;
  blobs: Blobs;
  signer: Signer;
  jobs: Jobs;
  workflows: JobWorkflows;
  channels: Channels;
  signUrl: SignUrl;
  addressRules: AddressRules;
  webhookSecretOf: WebhookSecrets;
  policy: JobPolicy;
}

/** The Worker's handlers: HTTP requests, the queue of erasures and the schedule. */
export function semblance(binaries: Binaries): ExportedHandler<Env, PendingErasure> {
  warmUp();
  let parts: Parts | undefined;
  const partsOf = (env: Env) => {
    parts ??= createParts(env, binaries);
    return parts;
  };
  return {
    fetch: (request, env, ctx) => partsOf(env).http.fetch(request, env, ctx),

    async queue(batch, env) {
      for (const message of batch.messages) {
        try {
          await settleErasure(message.body, partsOf(env));
          message.ack();
        } catch (error) {
          log("warn", { event: "erasure.retried", tenantId: message.body.tenantId, error });
          message.retry();
        }
      }
    },

    async scheduled(_controller, env) {
      await runMaintenance({ ...partsOf(env), clock: systemClock, log });
    },
  };
}

/** The size of the cache for style files, in bytes. The nets and paintings of all shipped styles fit. */
const STYLE_CACHE_BYTES = 4 * 2 ** 20;

/** Runs the workflow of a job, from its start or from where it was interrupted. */
export function runJobWorkflow(env: Env, ref: JobRef, step: WorkflowStep): Promise<void> {
  const { blobs, signer, signUrl, addressRules, webhookSecretOf, jobs, workflows, policy } = createJobServices(env);
  return runJob(ref, step, {
    jobs,
    workflows,
    dispatch: (job) =>
      dispatch(job, {
        service: { url: env.JOB_SERVICE_URL.replace(/\/+$/, ""), fetch },
        blobs,
        signer,
        signUrl,
        clock: systemClock,
        kinds: JOB_KINDS,
        issuer: env.SEMBLANCE_ISSUER,
        leaseMs: policy.leaseMs,
      }),
    deliverWebhook: (job) =>
      deliverWebhook(job, {
        rules: addressRules,
        fetch,
        clock: systemClock,
        secretOf: webhookSecretOf,
        resultOf: ({ tenantId, resultKey }) => findStoredImage({ blobs, signUrl }, tenantId, resultKey),
      }),
    clock: systemClock,
    policy,
    log,
  });
}

const msFromSeconds = (text: string): number => Number(text) * 1_000;

function createJobServices(env: Env, wrapBlobs: (blobs: Blobs) => Blobs = (blobs) => blobs): JobServices {
  const db = openDatabase(env.DB);
  const signer = createSigner(env.SIGNING_KEYS, env.SEMBLANCE_ISSUER, systemClock);
  const channels: Channels = (jobId) => env.JOB_CHANNEL.get(env.JOB_CHANNEL.idFromName(jobId));
  return {
    db,
    blobs: wrapBlobs(openBlobs(env.BLOBS, db, systemClock)),
    signer,
    // If the channel cannot be reached, subscribers read D1 after their poll interval.
    jobs: openJobs(db, systemClock, ({ id, version }) =>
      channels(id)
        .notify(version)
        .catch(() => {}),
    ),
    workflows: openJobWorkflows(env.JOB_WORKFLOW),
    channels,
    signUrl: createUrlSigner(signer, env.SEMBLANCE_ISSUER),
    addressRules: { allowLoopback: env.ALLOW_LOOPBACK_URLS === "true" },
    webhookSecretOf: webhookSecrets(env.WEBHOOK_SECRET),
    policy: {
      leaseMs: msFromSeconds(env.JOB_LEASE_SECONDS),
      attempts: Number(env.JOB_ATTEMPTS),
      retryMs: msFromSeconds(env.JOB_RETRY_SECONDS),
      webhookRetriesMs: env.WEBHOOK_RETRY_SECONDS.split(/\s+/).filter(Boolean).map(msFromSeconds),
      limits: { active: Number(env.JOBS_ACTIVE_PER_TENANT), waiting: Number(env.JOBS_WAITING_PER_TENANT) },
    },
  };
}

function createParts(env: Env, binaries: Binaries): Parts {
  const development = env.ENVIRONMENT === "development";
  const jobServices = createJobServices(env, binaries.wrapBlobs);
  const { db, blobs, signUrl, addressRules, webhookSecretOf } = jobServices;
  const assets = openAssets(env.ASSETS);
  const visionDeps = {
    runtime: startRuntime(binaries.runtime),
    codecs: startCodecs(binaries.codecs),
    shrink: env.IMAGES && imagesShrink(env.IMAGES),
  };
  const vision = createVision({
    ...visionDeps,
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
      styles: openStyles({ db, blobs, assets, cache: createFileCache(STYLE_CACHE_BYTES) }),
      stylizer: createStylizer({
        ...visionDeps,
        encode: startJpegEncoder(binaries.jpegEncoder),
        facesIn: vision.facesIn,
      }),
      blobs,
      signUrl,
      issuer: env.SEMBLANCE_ISSUER,
    },
    jobs: {
      ...jobServices,
      limits: jobServices.policy.limits,
      hasJobService: env.JOB_SERVICE_URL !== "",
      deadlineMs: msFromSeconds(env.JOB_DEADLINE_SECONDS),
    },
    webhookSecretOf,
    clock: systemClock,
    clockRuns,
    graphiql: async () => {
      const page = await env.ASSETS.fetch("https://assets/graphiql.html");
      return (await page.text()).replace(DEVELOPMENT_KEY_PLACEHOLDER, () => env.DEVELOPMENT_KEY);
    },
  });
  const galleryFor = (actor: Actor, ctx: ExecutionContext): Gallery =>
    openGallery({
      db,
      shards,
      actor,
      clock: systemClock,
      waitUntil: (work) => ctx.waitUntil(work),
      confirmErasure: async (collectionId) => {
        const erasure = { tenantId: actor.tenantId, collectionId };
        // If the queue cannot be reached either, the schedule retries the erasure.
        await settleErasure(erasure, { db, shards }).catch(() => env.ERASURES.send(erasure).catch(() => {}));
      },
    });
  const http = createHttpApp({
    ...jobServices,
    vision,
    assets,
    clock: systemClock,
    kinds: JOB_KINDS,
    attempts: jobServices.policy.attempts,
    log,
    development,
    graphql: (request, ctx) =>
      graphql.fetch(request, {
        db,
        galleryFor: (actor) => galleryFor(actor, ctx),
        waitUntil: (work) => ctx.waitUntil(work),
      }),
  });
  return { ...jobServices, http, shards };
}
