import type { YogaInitialContext } from "graphql-yoga";
import { authenticate, type Principal } from "../access/authenticate.ts";
import type { KeyDeps } from "../access/keys.ts";
import type { RateLimits } from "../access/rate-limits.ts";
import type { WebhookSecrets } from "../access/webhook-secret.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { Channels } from "../jobs/job-channel.ts";
import type { JobWorkflows } from "../jobs/job-workflows.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { JobLimits } from "../jobs/run-job.ts";
import type { Actor } from "../platform/audit.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { GuardedFetch } from "../platform/guarded-fetch.ts";
import { log as console, type Log } from "../platform/log.ts";
import type { AddressRules } from "../platform/public-address.ts";
import type { Semaphore } from "../platform/semaphore.ts";
import type { SignUrl } from "../platform/stored-image.ts";
import type { OptimizeStyleDeps } from "../stylization/optimize-style.ts";
import type { Styles } from "../stylization/styles.ts";
import type { Stylizer } from "../vision/stylizer.ts";
import type { Vision } from "../vision/vision.ts";
import type { BodyMemory } from "./body-memory.ts";
import { requestError } from "./errors.ts";
import { createLoaders, type Loaders } from "./loaders.ts";
import { Stopwatch } from "./stopwatch.ts";

/** The dependencies of job resolvers. */
export interface JobDeps {
  jobs: Jobs;
  workflows: JobWorkflows;
  channels: Channels;
  blobs: Blobs;
  signUrl: SignUrl;
  /** The rules for webhook URLs. */
  addressRules: AddressRules;
  /** The maximum number of jobs per tenant. */
  limits: JobLimits;
  /** Whether this deployment has a job service. */
  hasJobService: boolean;
  /** The default deadline of a job, in milliseconds after its creation. */
  deadlineMs: number;
}

/** The dependencies of `stylize` and of styles. */
export interface StylizationDeps {
  styles: Styles;
  stylizer: Stylizer;
  blobs: Blobs;
  signUrl: SignUrl;
  /** The public URL of this Worker. */
  issuer: string;
}

/** The dependencies of the server, created once per isolate. */
export interface ServerDeps {
  /** Enables GraphiQL and introspection. */
  development: boolean;
  /** The origins that browsers may call from. */
  allowedOrigins: readonly string[];
  fetchPicture: GuardedFetch;
  rateLimits: RateLimits;
  vision: Vision;
  jobs: JobDeps;
  stylization: StylizationDeps;
  webhookSecretOf: WebhookSecrets;
  clock: Clock;
  /** Limits the memory for request bodies. Default: a semaphore of its own. */
  bodySemaphore?: Semaphore;
  /** Whether the clock advances during computation. On Cloudflare it does not, so computation times are not reported there. */
  clockRuns: () => boolean;
  /** Returns the HTML of GraphiQL. */
  graphiql?: () => Promise<string>;
  log?: Log;
}

/** The dependencies of one request. */
export interface RequestDeps {
  db: Database;
  galleryFor: (actor: Actor) => Gallery;
  /** Continues work after the response. */
  waitUntil: (work: Promise<void>) => void;
}

/** The state of a request that the Yoga plugins share. It exists before the caller is known. */
export interface RequestState extends RequestDeps {
  requestId: string;
  stopwatch: Stopwatch;
  /** Started when the headers have arrived. Nothing of the body is parsed before it resolves. Undefined if the key is not valid. */
  authentication: Promise<Principal | undefined>;
  /** The seconds that the key must wait; undefined if it is within its rate limit. */
  secondsToWait: Promise<number | undefined>;
  /** The memory of the body, from when it is read until the response. */
  bodyMemory?: BodyMemory;
  /** The requested root fields. */
  operation?: string;
  /** "ok", or the code of the first error. */
  outcome?: string;
}

/** The context of resolvers. */
export interface Context {
  principal: Principal;
  gallery: Gallery;
  vision: Vision;
  fetchPicture: GuardedFetch;
  keys: KeyDeps;
  stopwatch: Stopwatch;
  clock: Clock;
  clockRuns: () => boolean;
  stylization: StylizationDeps;
  jobs: JobDeps;
  /** The dependencies for starting and canceling a job. */
  startJobDeps: () => OptimizeStyleDeps;
  webhookSecretOf: WebhookSecrets;
  /** Aborted when the client has disconnected. */
  disconnected: AbortSignal;
  /** Whether the API key of the request is still valid. */
  isStillAuthorized: () => Promise<boolean>;
  loaders: Loaders;
}

export function createRequestState(
  request: Request,
  requestDeps: RequestDeps,
  { clock, rateLimits }: ServerDeps,
): RequestState {
  const authorization = request.headers.get("authorization");
  const authentication = authenticate(authorization, requestDeps.db, clock);
  const secondsToWait = rateLimits.checkKey(authorization);
  // If the request is refused earlier for another reason, these promises are not awaited.
  authentication.catch(() => {});
  secondsToWait.catch(() => {});
  return { ...requestDeps, requestId: crypto.randomUUID(), stopwatch: new Stopwatch(), authentication, secondsToWait };
}

export async function contextOf(state: RequestState & YogaInitialContext, deps: ServerDeps): Promise<Context> {
  const principal = await state.authentication;
  if (!principal) throw unauthenticated();
  const { db, stopwatch } = state;
  const { vision, fetchPicture, jobs, stylization, webhookSecretOf, clock, clockRuns, log = console } = deps;
  const actor = { tenantId: principal.tenantId, keyId: principal.keyId };
  const disconnected = state.request.signal;
  const gallery = timedGallery(state.galleryFor(actor), stopwatch, disconnected);
  const keys = { db, actor, clock };
  const tenantVision = visionForTenant(vision, { tenantId: principal.tenantId, signal: disconnected });
  return {
    principal,
    gallery,
    vision: tenantVision,
    fetchPicture,
    keys,
    stopwatch,
    clock,
    clockRuns,
    stylization,
    jobs,
    startJobDeps: () => ({
      ...jobs,
      vision: tenantVision,
      stages: stopwatch,
      paintingOf: (styleId) => stylization.styles.paintingOf(actor.tenantId, styleId),
      actor,
      clock,
      log,
    }),
    webhookSecretOf,
    disconnected,
    isStillAuthorized: async () =>
      (await authenticate(state.request.headers.get("authorization"), db, clock)) !== undefined,
    loaders: createLoaders(gallery, keys),
  };
}

export const unauthenticated = () =>
  requestError(
    "UNAUTHENTICATED",
    "The API key is missing or not valid. It may have expired or been revoked. Send a valid key: Authorization: Bearer smb_…",
  );

/**
 * Wraps the gallery: counts the waiting time of a verification or identification as `search`, and throws if the client has
 * disconnected.
 */
const timedGallery = (gallery: Gallery, stopwatch: Stopwatch, disconnected: AbortSignal): Gallery => ({
  ...gallery,
  reference: (key) => stopwatch.time("search", () => gallery.reference(key)),
  search: async (collection, probes, k) => {
    disconnected.throwIfAborted();
    return stopwatch.time("search", () => gallery.search(collection, probes, k));
  },
});

/** Wraps vision: uses the turns of the tenant, and starts no further work after the client has disconnected. */
const visionForTenant = (vision: Vision, caller: { tenantId: string; signal: AbortSignal }): Vision => ({
  ...vision,
  detect: (bytes, options) => vision.detect(bytes, { ...options, ...caller }),
  readOneFace: (bytes, options) => vision.readOneFace(bytes, { ...options, ...caller }),
  readFaces: (bytes, options) => vision.readFaces(bytes, { ...options, ...caller }),
});
