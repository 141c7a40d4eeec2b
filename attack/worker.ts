import { and, eq } from "drizzle-orm";
import { wasmBytes } from "../bench/wasm-memory.ts";
import { defaultEmbedder } from "../models/catalog.ts";
import { templates } from "../schema/tables.ts";
import { createApiKey } from "../workers/access/keys.ts";
import { createTenant } from "../workers/access/tenants.ts";
import { createCollection, findCollection } from "../workers/gallery/collections.ts";
import type { PendingErasure } from "../workers/gallery/erasure.ts";
import { addTemplateStatements } from "../workers/gallery/templates.ts";
import product from "../workers/index.ts";
import type { FaceTemplate } from "../workers/matching/template.ts";
import type { Actor } from "../workers/platform/actor.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { openDatabase } from "../workers/platform/database.ts";
import { newId } from "../workers/platform/ids.ts";
import type { Filling, Scene, ShardAddress, Statement } from "./instruments.ts";

export { GalleryShard, JobChannel, JobLife } from "../workers/index.ts";

/** Templates that are added in one batch. */
const ADDED_AT_A_TIME = 20;

const { id: MODEL } = defaultEmbedder();

/** A tenant with an ADMIN key. */
async function makeTenant(env: Env, name: string): Promise<{ id: string; key: string }> {
  const made = await createTenant(openDatabase(env.DB), name, systemClock);
  if (made.kind === "conflict") throw new Error(made.message);
  return { id: made.tenant.id, key: made.token };
}

/** An enrolled face, by its template. */
async function faceOf(env: Env, tenantId: string, templateId: string): Promise<FaceTemplate> {
  const row = await openDatabase(env.DB)
    .select({ modelId: templates.modelId, vector: templates.vector, scale: templates.scale })
    .from(templates)
    .where(and(eq(templates.tenantId, tenantId), eq(templates.id, templateId)))
    .get();
  if (!row) throw new Error(`There is no template ${templateId}.`);
  return row;
}

/** The parts that the product's gallery functions need. Their shard catches up when it is next searched. */
const galleryParts = (env: Env, actor: Actor) => ({
  db: openDatabase(env.DB),
  actor,
  clock: systemClock,
  waitUntil: () => {},
  shards: () => ({ search: none, catchUp: none, erase: none }),
  confirmErasure: none,
});
const none = () => Promise.reject(new Error("The instruments do not use the shard here."));

/** Adds subjects with the same face to a collection, by the product's own statements. */
async function fill(env: Env, { tenantId, collectionId, face, externalIds, templatesEach }: Filling) {
  const actor = { tenantId, keyId: null };
  const parts = galleryParts(env, actor);
  const template = await faceOf(env, face.tenantId, face.templateId);
  const added = externalIds.flatMap((externalId) => {
    const subjectId = newId("subject");
    return Array.from({ length: templatesEach }, (_, i) => ({
      externalId,
      ids: { subjectId, templateId: newId("template"), created: i === 0 },
    }));
  });
  for (let done = 0; done < added.length; done += ADDED_AT_A_TIME) {
    const [first, ...rest] = added
      .slice(done, done + ADDED_AT_A_TIME)
      .flatMap(({ externalId, ids }) =>
        addTemplateStatements(parts, { id: collectionId }, { externalId }, template, 0.5, ids),
      );
    if (first) await parts.db.batch([first, ...rest]);
  }
  return added.map(({ externalId, ids: { subjectId, templateId } }) => ({ externalId, subjectId, templateId }));
}

/** A tenant of its own with a collection, the subjects `a` and `b` with one template each, and a spare API key. */
async function makeScene(env: Env, { name, face }: { name: string; face: Filling["face"] }): Promise<Scene> {
  const tenant = await makeTenant(env, name);
  const parts = galleryParts(env, { tenantId: tenant.id, keyId: null });
  const made = await createCollection(parts, "scene", MODEL);
  const spare = await createApiKey(parts, { name: "spare", scopes: ["VERIFY"] });
  if (made.kind === "conflict" || spare.kind === "conflict") throw new Error("The scene could not be made.");
  const collectionId = made.collection.id;
  const filling = { tenantId: tenant.id, collectionId, face, externalIds: ["a", "b"], templatesEach: 1 };
  const [a, b] = await fill(env, filling);
  if (!a || !b) throw new Error("The scene could not be made.");
  return { tenantId: tenant.id, key: tenant.key, modelId: MODEL, collectionId, a, b, spareKeyId: spare.apiKey.id };
}

/** The rows of several queries, read in one batch: the database at one moment. */
async function read(env: Env, statements: Statement[]) {
  const results = await env.DB.batch(statements.map(({ sql, bound }) => env.DB.prepare(sql).bind(...bound)));
  return results.map((result) => result.results);
}

/** How many templates a collection's search shard holds once it has caught up with D1. */
async function shardSize(env: Env, { tenantId, collectionId, modelId }: ShardAddress) {
  const shard = env.GALLERY_SHARD.get(env.GALLERY_SHARD.idFromName(`${tenantId}/${collectionId}`));
  const collection = await findCollection(galleryParts(env, { tenantId, keyId: null }), collectionId);
  const { size } = await shard.search({ tenantId, collectionId, modelId }, collection ?? EMPTY, [], 1);
  return { ...size };
}
const EMPTY = { head: 0, mark: null, templateCount: 0 };

/** The product, and under /attack/ the instruments that look behind its API. */
export default {
  ...product,
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/attack/"))
      return product.fetch!(request as Request<unknown, IncomingRequestCfProperties>, env, ctx);
    const given = async <T>() => (await request.json()) as T;
    switch (pathname) {
      case "/attack/memory":
        return Response.json({ wasm: wasmBytes() });
      case "/attack/tenant":
        return Response.json(await makeTenant(env, (await given<{ name: string }>()).name));
      case "/attack/fill":
        return Response.json(await fill(env, await given<Filling>()));
      case "/attack/scene":
        return Response.json(await makeScene(env, await given()));
      case "/attack/read":
        return Response.json(await read(env, await given<Statement[]>()));
      case "/attack/shard":
        return Response.json(await shardSize(env, await given<ShardAddress>()));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env, PendingErasure>;
