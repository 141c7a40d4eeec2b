import type { D1Database } from "@cloudflare/workers-types";
import { visionFromFiles } from "../../cli/vision-from-files.ts";
import { unlimited } from "../../workers/access/rate-limits.ts";
import type { Scope } from "../../workers/access/scopes.ts";
import { createTenant } from "../../workers/access/tenants.ts";
import { openGallery } from "../../workers/gallery/gallery.ts";
import type { Shards } from "../../workers/gallery/shards.ts";
import type { Bindings, JobParts, ServerParts, StylizationParts } from "../../workers/graphql/context.ts";
import { graphqlServer } from "../../workers/graphql/server.ts";
import type { Blobs } from "../../workers/platform/blobs.ts";
import { openDatabase } from "../../workers/platform/database.ts";
import { guardedFetch } from "../../workers/platform/guarded-fetch.ts";
import type { LogEntry } from "../../workers/platform/log.ts";
import { openJobs } from "../../workers/stylization/jobs.ts";
import { openStyles } from "../../workers/stylization/styles.ts";
import type { Vision } from "../../workers/vision/vision.ts";
import { openD1 } from "./d1.ts";

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: depends on the query of the test.
  data?: any;
  errors?: { message: string; path?: string[]; extensions: { code: string; requestId?: string } }[];
}

const rejectShardCall = () => Promise.reject(new Error("This server has no search shard."));

/** Yoga with the real schema, resolvers, D1 and vision in one process. Other tests cover the search shard. */
export async function startLocalServer({
  wrapD1 = (d1) => d1,
  openVision = visionFromFiles,
  shards = () => ({ search: rejectShardCall, catchUp: rejectShardCall, erase: rejectShardCall }),
}: {
  /** Wraps D1 for the server. */
  wrapD1?: (d1: D1Database) => D1Database;
  openVision?: () => Promise<Vision>;
  shards?: Shards;
} = {}) {
  const [local, vision] = await Promise.all([openD1(), openVision()]);
  const database = { ...local, db: openDatabase(wrapD1(local.d1)) };
  const logEntries: LogEntry[] = [];
  /** Work that continues after the answers. */
  const backgroundWork: Promise<void>[] = [];
  const clock = () => Date.now();

  async function newTenant(name: string): Promise<string> {
    const created = await createTenant(database.db, name, clock);
    if (created.kind !== "tenantCreated") throw new Error(created.message);
    return created.token;
  }

  /** This server stores no blobs, stylizes nothing and has no job service. Other tests cover those. */
  const rejectCall = () => Promise.reject(new Error("This server does not have this service."));
  const blobs: Blobs = {
    put: rejectCall,
    info: rejectCall,
    read: rejectCall,
    stream: rejectCall,
    delete: rejectCall,
    deleteExpired: rejectCall,
  };
  const jobParts = (): JobParts => ({
    jobs: openJobs(database.db, clock, async () => {}),
    workflows: { startOrWake: rejectCall, wake: rejectCall },
    channels: () => ({ notify: rejectCall, wait: () => new Promise((later) => setTimeout(later, 20)) }),
    blobs,
    signUrl: rejectCall,
    addressRules: { allowLoopback: false },
    limits: { active: 8, waiting: 100 },
    hasJobService: false,
    deadlineMs: 60_000,
  });
  const stylization = (): StylizationParts => ({
    styles: openStyles({
      db: database.db,
      blobs,
      assets: { read: rejectCall, answer: rejectCall },
      cache: { get: rejectCall },
    }),
    stylizer: { paint: rejectCall },
    blobs,
    signUrl: rejectCall,
    issuer: "https://semblance.example",
  });

  const serverWith = (parts: Partial<ServerParts>) =>
    graphqlServer({
      development: false,
      allowedOrigins: [],
      fetchPicture: guardedFetch({ allowLoopback: true }),
      rateLimits: unlimited,
      vision,
      jobs: jobParts(),
      stylization: stylization(),
      webhookSecretOf: rejectCall,
      clock,
      clockRuns: () => true,
      log: (_, entry) => logEntries.push(entry),
      ...parts,
    });

  const later = (work: Promise<void>) => void backgroundWork.push(work);
  const bindings = (): Bindings => ({
    db: database.db,
    later,
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
      bindings(),
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
    ...{ d1: local.d1, db: database.db, server, serverWith, bindings, jobParts },
    /** The ADMIN key of the default tenant. */
    admin,
    ...{ newTenant, keyWith, post, ask, later },
    /** All log entries so far. */
    logged: logEntries,
    /** Waits for the work that continues after the answers. */
    finishBackgroundWork: () => Promise.all(backgroundWork.splice(0)),
    close: () => database.close(),
  };
}
