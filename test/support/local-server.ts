import type { D1Database } from "@cloudflare/workers-types";
import { visionFromFiles } from "../../cli/vision-from-files.ts";
import { unlimited } from "../../workers/access/rate-limits.ts";
import type { Scope } from "../../workers/access/scopes.ts";
import { createTenant } from "../../workers/access/tenants.ts";
import { openGallery } from "../../workers/gallery/gallery.ts";
import type { Shards } from "../../workers/gallery/shards.ts";
import type { JobDeps, RequestDeps, ServerDeps, StylizationDeps } from "../../workers/graphql/context.ts";
import { graphqlServer } from "../../workers/graphql/server.ts";
import { openJobs } from "../../workers/jobs/jobs.ts";
import type { Blobs } from "../../workers/platform/blobs.ts";
import { openDatabase } from "../../workers/platform/database.ts";
import { guardedFetch } from "../../workers/platform/guarded-fetch.ts";
import type { LogLine } from "../../workers/platform/log.ts";
import { openStyles } from "../../workers/stylization/styles.ts";
import type { Vision } from "../../workers/vision/vision.ts";
import { openD1 } from "./d1.ts";

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the data of any query.
  data?: any;
  errors?: { message: string; path?: string[]; extensions: { code: string; requestId?: string } }[];
}

const unreachable = () => Promise.reject(new Error("This server has no search shard."));

/** Yoga with the real schema, resolvers, D1 and vision, in one process. It has no search shard: other suites test it. */
export async function startLocalServer({
  wrapD1 = (d1) => d1,
  createVision = visionFromFiles,
  shards = () => ({ search: unreachable, catchUp: unreachable, erase: unreachable }),
}: {
  /** Wraps D1, for example to count queries. */
  wrapD1?: (d1: D1Database) => D1Database;
  createVision?: () => Promise<Vision>;
  shards?: Shards;
} = {}) {
  const [local, vision] = await Promise.all([openD1(), createVision()]);
  const database = { ...local, db: openDatabase(wrapD1(local.d1)) };
  const logged: LogLine[] = [];
  /** The work that continues after the responses. */
  const backgroundWork: Promise<void>[] = [];
  const clock = () => Date.now();

  async function newTenant(name: string): Promise<string> {
    const created = await createTenant(database.db, name, clock);
    if (created.kind !== "tenantCreated") throw new Error(created.message);
    return created.token;
  }

  /** This server stores no blobs, stylizes no images and has no job service: other suites test these. */
  const unavailable = () => Promise.reject(new Error("This server does not have this service."));
  const blobs: Blobs = {
    put: unavailable,
    info: unavailable,
    read: unavailable,
    stream: unavailable,
    delete: unavailable,
    deleteExpired: unavailable,
  };
  const jobDeps = (): JobDeps => ({
    jobs: openJobs(database.db, clock, async () => {}),
    workflows: { startOrWake: unavailable, wake: unavailable },
    channels: () => ({ notify: unavailable, wait: () => new Promise((later) => setTimeout(later, 20)) }),
    blobs,
    signUrl: unavailable,
    addressRules: { allowLoopback: false },
    limits: { active: 8, waiting: 100 },
    hasJobService: false,
    deadlineMs: 60_000,
  });
  const stylization = (): StylizationDeps => ({
    styles: openStyles({
      db: database.db,
      blobs,
      assets: { read: unavailable, answer: unavailable },
      cache: { get: unavailable },
    }),
    stylizer: { paint: unavailable },
    blobs,
    signUrl: unavailable,
    issuer: "https://semblance.example",
  });

  const serverWith = (parts: Partial<ServerDeps>) =>
    graphqlServer({
      development: false,
      allowedOrigins: [],
      fetchPicture: guardedFetch({ allowLoopback: true }),
      rateLimits: unlimited,
      vision,
      jobs: jobDeps(),
      stylization: stylization(),
      webhookSecretOf: unavailable,
      clock,
      clockRuns: () => true,
      log: (_, entry) => logged.push(entry),
      ...parts,
    });

  const waitUntil = (work: Promise<void>) => void backgroundWork.push(work);
  const requestDeps = (): RequestDeps => ({
    db: database.db,
    waitUntil,
    galleryFor: (actor) =>
      openGallery({
        db: database.db,
        actor,
        clock,
        shards,
        waitUntil: () => {},
        confirmErasure: async () => {},
      }),
  });

  const post = (body: BodyInit, headers: Record<string, string> = {}, to = server) =>
    to.fetch(
      new Request("http://localhost/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${admin}`, ...headers },
        body,
        ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
      }),
      requestDeps(),
    );

  async function ask(query: string, variables: Record<string, unknown> = {}, key = admin, to = server) {
    const response = await post(JSON.stringify({ query, variables }), { authorization: `Bearer ${key}` }, to);
    const body = (await response.json()) as Answer;
    return { ...body, status: response.status, code: body.errors?.[0]?.extensions.code, headers: response.headers };
  }

  async function keyWith(...scopes: Scope[]): Promise<string> {
    const name = `${scopes.join(" ")} ${Math.random()}`;
    const { data } = await ask(
      "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on ApiKeyCreated { secret } } }",
      { input: { name, scopes } },
    );
    return data.createApiKey.secret;
  }

  const admin = await newTenant("server test");
  const server = serverWith({});
  return {
    ...{ d1: local.d1, db: database.db, server, serverWith, requestDeps, jobDeps },
    /** The ADMIN key of a tenant. */
    admin,
    ...{ newTenant, keyWith, post, ask, waitUntil },
    /** All log entries so far. */
    logged,
    /** Waits for the work that continues after the responses. */
    finishBackgroundWork: () => Promise.all(backgroundWork.splice(0)),
    close: () => database.close(),
  };
}
