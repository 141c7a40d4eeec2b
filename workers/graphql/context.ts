import type { YogaInitialContext } from "graphql-yoga";
import { authenticate, type Principal } from "../access/authenticate.ts";
import type { KeyParts } from "../access/keys.ts";
import type { WebhookSecrets } from "../access/webhook-secret.ts";
import type { Collection, Gallery } from "../gallery/gallery.ts";
import type { Actor } from "../platform/actor.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { GuardedFetch } from "../platform/guarded-fetch.ts";
import { log as console, type Log } from "../platform/log.ts";
import type { AddressRules } from "../platform/public-address.ts";
import type { Channels } from "../stylization/job-channel.ts";
import type { Lives, Share } from "../stylization/job-life.ts";
import type { Jobs } from "../stylization/jobs.ts";
import type { StartTools } from "../stylization/start-job.ts";
import type { AddressOf } from "../stylization/stored-image.ts";
import type { Styles } from "../stylization/styles.ts";
import type { Stylizer } from "../vision/stylizer.ts";
import type { Vision } from "../vision/vision.ts";
import { refusal } from "./errors.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What jobs are made of. */
export interface JobParts {
  jobs: Jobs;
  lives: Lives;
  channels: Channels;
  blobs: Blobs;
  addressOf: AddressOf;
  /** Where a webhook may be. */
  addressRules: AddressRules;
  /** How many jobs a tenant may have. */
  share: Share;
  /** Whether there is a job service. */
  served: boolean;
  /** Milliseconds that a job has unless it says so itself. */
  deadlineMs: number;
}

/** What stylization at once is made of. */
export interface StylizationParts {
  styles: Styles;
  stylizer: Stylizer;
  blobs: Blobs;
  addressOf: AddressOf;
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
  vision: Vision;
  jobs: JobParts;
  stylization: StylizationParts;
  webhookSecretOf: WebhookSecrets;
  clock: Clock;
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
  starting: () => StartTools;
  webhookSecretOf: WebhookSecrets;
  /** Aborted when whoever asks has left. */
  left: AbortSignal;
  /** Whether the key that asks still holds. */
  mayStill: () => Promise<boolean>;
  /** A collection; reads of the same one at the same time are one read. */
  collection: (id: string) => Promise<Collection | undefined>;
}

export function beginVisit(request: Request, bindings: Bindings, clock: Clock): Visit {
  const authenticating = authenticate(request.headers.get("authorization"), bindings.db, clock);
  // Where it is refused for another reason first, nobody waits for this.
  authenticating.catch(() => {});
  return { ...bindings, requestId: crypto.randomUUID(), stopwatch: new Stopwatch(), authenticating };
}

export async function contextOf(visit: Visit & YogaInitialContext, parts: ServerParts): Promise<Context> {
  const principal = await visit.authenticating;
  if (!principal) throw unauthenticated();
  const { db, stopwatch } = visit;
  const { vision, fetchPicture, jobs, stylization, webhookSecretOf, clock, clockRuns, log = console } = parts;
  const actor = { tenantId: principal.tenantId, keyId: principal.keyId };
  const gallery = timed(visit.galleryFor(actor), stopwatch);
  return {
    principal,
    gallery,
    vision,
    fetchPicture,
    keys: { db, actor, clock },
    stopwatch,
    clock,
    clockRuns,
    stylization,
    jobs,
    starting: () => ({
      ...jobs,
      vision,
      stages: stopwatch,
      paintingOf: (styleId) => stylization.styles.paintingOf(actor.tenantId, styleId),
      actor,
      clock,
      log,
    }),
    webhookSecretOf,
    left: visit.request.signal,
    mayStill: async () => (await authenticate(visit.request.headers.get("authorization"), db, clock)) !== undefined,
    collection: sharing((id) => gallery.collection(id)),
  };
}

export const unauthenticated = () =>
  refusal(
    "UNAUTHENTICATED",
    "Send a valid API key: Authorization: Bearer smb_… It may have been revoked or have expired.",
  );

/** The gallery, with what a verification or identification waits for counted as `search`. */
const timed = (gallery: Gallery, stopwatch: Stopwatch): Gallery => ({
  ...gallery,
  reference: (key) => stopwatch.time("search", () => gallery.reference(key)),
  search: (collection, probes, k) => stopwatch.time("search", () => gallery.search(collection, probes, k)),
});

/** Reads of the same id at the same time share one; a later one reads again, so that it sees what was changed between. */
function sharing<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const underway = new Map<string, Promise<T>>();
  return (id) => {
    let reading = underway.get(id);
    if (!reading) {
      reading = read(id).finally(() => underway.delete(id));
      underway.set(id, reading);
    }
    return reading;
  };
}
