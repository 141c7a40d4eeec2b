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
  // biome-ignore lint/suspicious/noExplicitAny: whatever a test asked for.
  data?: any;
  errors?: { message: string; path?: string[]; extensions: { code: string; requestId?: string } }[];
}

const unreachable = () => Promise.reject(new Error("There is no shard here."));

/** Yoga with the real contract, resolvers, D1 and vision, in one process. The search shard is another suite's. */
export async function startLocalServer({
  observed = (d1) => d1,
  seeing = visionFromFiles,
  shards = () => ({ search: unreachable, catchUp: unreachable, erase: unreachable }),
}: {
  /** D1, as the server sees it. */
  observed?: (d1: D1Database) => D1Database;
  seeing?: () => Promise<Vision>;
  shards?: Shards;
} = {}) {
  const [local, vision] = await Promise.all([openD1(), seeing()]);
  const database = { ...local, db: openDatabase(observed(local.d1)) };
  const logged: LogEntry[] = [];
  /** What goes on after the answers. */
  const unfinished: Promise<void>[] = [];
  const clock = () => Date.now();

  async function newTenant(name: string): Promise<string> {
    const created = await createTenant(database.db, name, clock);
    if (created.kind !== "tenantCreated") throw new Error(created.message);
    return created.token;
  }

  /** Nothing is stored, painted or handed to a job service here: those are other suites'. */
  const none = () => Promise.reject(new Error("There is none here."));
  const blobs: Blobs = { put: none, info: none, read: none, stream: none, delete: none, deleteExpired: none };
  const jobParts = (): JobParts => ({
    jobs: openJobs(database.db, clock, async () => {}),
    lives: { begin: none, tell: none },
    channels: () => ({ tell: none, wait: () => new Promise((later) => setTimeout(later, 20)) }),
    blobs,
    addressOf: none,
    addressRules: { allowLoopback: false },
    share: { active: 8, waiting: 100 },
    served: false,
    deadlineMs: 60_000,
  });
  const stylization = (): StylizationParts => ({
    styles: openStyles({
      db: database.db,
      blobs,
      assets: { read: none, answer: none },
      cache: { get: none },
    }),
    stylizer: { paint: none },
    blobs,
    addressOf: none,
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
      webhookSecretOf: none,
      clock,
      clockRuns: () => true,
      log: (_, entry) => logged.push(entry),
      ...parts,
    });

  const later = (work: Promise<void>) => void unfinished.push(work);
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
    /** The ADMIN key of a tenant. */
    admin,
    ...{ newTenant, keyWith, post, ask, later },
    /** All that was logged so far. */
    logged,
    /** When all that goes on after answers is over. */
    settled: () => Promise.all(unfinished.splice(0)),
    close: () => database.close(),
  };
}
