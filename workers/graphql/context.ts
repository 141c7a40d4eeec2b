import type { YogaInitialContext } from "graphql-yoga";
import { authenticate, type Principal } from "../access/authenticate.ts";
import type { KeyParts } from "../access/keys.ts";
import type { RateLimits } from "../access/rate-limits.ts";
import type { WebhookSecrets } from "../access/webhook-secret.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { Actor } from "../platform/actor.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { GuardedFetch } from "../platform/guarded-fetch.ts";
import { log as console, type Log } from "../platform/log.ts";
import type { AddressRules } from "../platform/public-address.ts";
import type { Room } from "../platform/room.ts";
import type { Channels } from "../stylization/job-channel.ts";
import type { JobWorkflows } from "../stylization/job-workflows.ts";
import type { Jobs } from "../stylization/jobs.ts";
import type { JobLimits } from "../stylization/run-job.ts";
import type { StartJobDeps } from "../stylization/start-job.ts";
import type { SignUrl } from "../stylization/stored-image.ts";
import type { Styles } from "../stylization/styles.ts";
import type { Stylizer } from "../vision/stylizer.ts";
import type { Vision } from "../vision/vision.ts";
import { refusal } from "./errors.ts";
import type { HeldBody } from "./held-body.ts";
import { createLoaders, type Loaders } from "./loaders.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What jobs are made of. */
export interface JobParts {
  jobs: Jobs;
  workflows: JobWorkflows;
  channels: Channels;
  blobs: Blobs;
  signUrl: SignUrl;
  /** Where a webhook may be. */
  addressRules: AddressRules;
  /** How many jobs a tenant may have. */
  limits: JobLimits;
  /** Whether there is a job service. */
  hasJobService: boolean;
  /** Milliseconds that a job has unless it says so itself. */
  deadlineMs: number;
}

/** What stylization at once is made of. */
export interface StylizationParts {
  styles: Styles;
  stylizer: Stylizer;
  blobs: Blobs;
  signUrl: SignUrl;
  /** This Worker's public address. */
  issuer: string;
}

/** What the server is made of, once an isolate. */
export interface ServerParts {
  /** Opens GraphiQL and introspection. */
  development: boolean;
  /** Origins whose browsers may call. */
  allowedOrigins: readonly string[];
  fetchPicture: GuardedFetch;
  rateLimits: RateLimits;
  vision: Vision;
  jobs: JobParts;
  stylization: StylizationParts;
  webhookSecretOf: WebhookSecrets;
  clock: Clock;
  /** For the bodies of requests. */
  bodyRoom?: Room;
  /** Whether time passes while the CPU works: on Cloudflare it does not, and nothing is told of what computing took. */
  clockRuns: () => boolean;
  /** The page of GraphiQL. */
  graphiql?: () => Promise<string>;
  log?: Log;
}

/** What each request is given. */
export interface Bindings {
  db: Database;
  galleryFor: (actor: Actor) => Gallery;
  /** Lets work go on after the answer. */
  later: (work: Promise<void>) => void;
}

/** One request on its way through Yoga, before it is known who asks. */
export interface Visit extends Bindings {
  requestId: string;
  stopwatch: Stopwatch;
  /** Underway from the first moment, beside the body's arrival. Nothing is parsed, let alone executed, before it is known. */
  authenticating: Promise<Principal | undefined>;
  /** Beside it: the seconds that the key has to wait; undefined where it has not asked too often. */
  limiting: Promise<number | undefined>;
  /** Its body, from when it is read until it is answered. */
  heldBody?: HeldBody;
  /** The root fields that were asked for. */
  operation?: string;
  /** "ok", or the code of the first error. */
  outcome?: string;
}

/** What a resolver stands on. */
export interface Context {
  principal: Principal;
  gallery: Gallery;
  vision: Vision;
  fetchPicture: GuardedFetch;
  keys: KeyParts;
  stopwatch: Stopwatch;
  clock: Clock;
  clockRuns: () => boolean;
  stylization: StylizationParts;
  jobs: JobParts;
  /** What a job is started and ended with. */
  starting: () => StartJobDeps;
  webhookSecretOf: WebhookSecrets;
  /** Aborted when whoever asks has left. */
  left: AbortSignal;
  /** Whether the key that asks still holds. */
  mayStill: () => Promise<boolean>;
  loaders: Loaders;
}

export function beginVisit(request: Request, bindings: Bindings, { clock, rateLimits }: ServerParts): Visit {
  const authorization = request.headers.get("authorization");
  const authenticating = authenticate(authorization, bindings.db, clock);
  const limiting = rateLimits.request(authorization);
  // Where it is refused for another reason first, nobody waits for these.
  authenticating.catch(() => {});
  limiting.catch(() => {});
  return { ...bindings, requestId: crypto.randomUUID(), stopwatch: new Stopwatch(), authenticating, limiting };
}

export async function contextOf(visit: Visit & YogaInitialContext, parts: ServerParts): Promise<Context> {
  const principal = await visit.authenticating;
  if (!principal) throw unauthenticated();
  const { db, stopwatch } = visit;
  const { vision, fetchPicture, jobs, stylization, webhookSecretOf, clock, clockRuns, log = console } = parts;
  const actor = { tenantId: principal.tenantId, keyId: principal.keyId };
  const left = visit.request.signal;
  const gallery = timed(visit.galleryFor(actor), stopwatch, left);
  const keys = { db, actor, clock };
  const tenantsVision = visionFor(vision, { tenantId: principal.tenantId, signal: left });
  return {
    principal,
    gallery,
    vision: tenantsVision,
    fetchPicture,
    keys,
    stopwatch,
    clock,
    clockRuns,
    stylization,
    jobs,
    starting: () => ({
      ...jobs,
      vision: tenantsVision,
      stages: stopwatch,
      paintingOf: (styleId) => stylization.styles.paintingOf(actor.tenantId, styleId),
      actor,
      clock,
      log,
    }),
    webhookSecretOf,
    left,
    mayStill: async () => (await authenticate(visit.request.headers.get("authorization"), db, clock)) !== undefined,
    loaders: createLoaders(gallery, keys),
  };
}

export const unauthenticated = () =>
  refusal(
    "UNAUTHENTICATED",
    "Send a valid API key: Authorization: Bearer smb_… It may have been revoked or have expired.",
  );

/** The gallery, with what a verification or identification waits for counted as `search`, unless whoever asks has left. */
const timed = (gallery: Gallery, stopwatch: Stopwatch, left: AbortSignal): Gallery => ({
  ...gallery,
  reference: (key) => stopwatch.time("search", () => gallery.reference(key)),
  search: async (collection, probes, k) => {
    left.throwIfAborted();
    return stopwatch.time("search", () => gallery.search(collection, probes, k));
  },
});

/** Vision in the share of a tenant, which begins nothing more when whoever asks has left. */
const visionFor = (vision: Vision, whose: { tenantId: string; signal: AbortSignal }): Vision => ({
  ...vision,
  detect: (bytes, options) => vision.detect(bytes, { ...options, ...whose }),
  readOneFace: (bytes, options) => vision.readOneFace(bytes, { ...options, ...whose }),
  readFaces: (bytes, options) => vision.readFaces(bytes, { ...options, ...whose }),
});
