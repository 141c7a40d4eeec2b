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
import type { Actor } from "../workers/platform/audit.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { openDatabase } from "../workers/platform/database.ts";
import { newId } from "../workers/platform/ids.ts";
import type { FillRequest, PairFixture, ShardAddress, Statement } from "./endpoint-types.ts";

export { GalleryShard, JobChannel, JobWorkflow } from "../workers/index.ts";

/** Templates that one batch adds. */
const TEMPLATES_PER_BATCH = 20;

const { id: MODEL } = defaultEmbedder();

/** Creates a tenant with an ADMIN key. */
async function makeTenant(env: Env, name: string): Promise<{ id: string; key: string }> {
  const tenantCollection = await createTenant(openDatabase(env.DB), name, systemClock);
  if (tenantCollection.kind === "conflict") throw new Error(tenantCollection.message);
  return { id: tenantCollection.tenant.id, key: tenantCollection.token };
}

/** Reads an enrolled template. */
async function readFace(env: Env, tenantId: string, templateId: string): Promise<FaceTemplate> {
  const row = await openDatabase(env.DB)
    .select({ modelId: templates.modelId, vector: templates.vector, scale: templates.scale })
    .from(templates)
    .where(and(eq(templates.tenantId, tenantId), eq(templates.id, templateId)))
    .get();
  if (!row) throw new Error(`There is no template ${templateId}.`);
  return row;
}

/** The dependencies of the product's gallery functions. The shard applies the changes at its next search. */
const galleryParts = (env: Env, actor: Actor) => ({
  db: openDatabase(env.DB),
  actor,
  clock: systemClock,
  waitUntil: () => {},
  shards: () => ({ search: rejectShardCall, catchUp: rejectShardCall, erase: rejectShardCall }),
  confirmErasure: rejectShardCall,
});
const rejectShardCall = () => Promise.reject(new Error("The attack endpoints do not call the shard here."));

/** Adds subjects with the same face to a collection, with the product's own SQL statements. */
async function fillCollection(env: Env, { tenantId, collectionId, face, externalIds, templatesEach }: FillRequest) {
  const actor = { tenantId, keyId: null };
  const parts = galleryParts(env, actor);
  const template = await readFace(env, face.tenantId, face.templateId);
  const added = externalIds.flatMap((externalId) => {
    const subjectId = newId("subject");
    return Array.from({ length: templatesEach }, (_, i) => ({
      externalId,
      ids: { subjectId, templateId: newId("template"), created: i === 0 },
    }));
  });
  for (let done = 0; done < added.length; done += TEMPLATES_PER_BATCH) {
    const [first, ...rest] = added
      .slice(done, done + TEMPLATES_PER_BATCH)
      .flatMap(({ externalId, ids }) =>
        addTemplateStatements(parts, { id: collectionId }, { externalId }, template, 0.5, ids),
      );
    if (first) await parts.db.batch([first, ...rest]);
  }
  return added.map(({ externalId, ids: { subjectId, templateId } }) => ({ externalId, subjectId, templateId }));
}

/** Creates a tenant with a collection, the subjects `a` and `b` with one template each, and a spare API key. */
async function makePairFixture(
  env: Env,
  { name, face }: { name: string; face: FillRequest["face"] },
): Promise<PairFixture> {
  const tenant = await makeTenant(env, name);
  const parts = galleryParts(env, { tenantId: tenant.id, keyId: null });
  const made = await createCollection(parts, "fixture", MODEL);
  const spare = await createApiKey(parts, { name: "spare", scopes: ["VERIFY"] });
  if (made.kind === "conflict" || spare.kind === "conflict") throw new Error("The fixture could not be created.");
  const collectionId = made.collection.id;
  const fillRequest = { tenantId: tenant.id, collectionId, face, externalIds: ["a", "b"], templatesEach: 1 };
  const [a, b] = await fillCollection(env, fillRequest);
  if (!a || !b) throw new Error("The fixture could not be created.");
  return { tenantId: tenant.id, key: tenant.key, modelId: MODEL, collectionId, a, b, spareKeyId: spare.apiKey.id };
}

/** Runs several queries in one batch, so that their rows are consistent. */
async function readRows(env: Env, statements: Statement[]) {
  const results = await env.DB.batch(statements.map(({ sql, bound }) => env.DB.prepare(sql).bind(...bound)));
  return results.map((result) => result.results);
}

/** Number of templates in a collection's shard after it has applied all log entries of D1. */
async function shardSize(env: Env, { tenantId, collectionId, modelId }: ShardAddress) {
  const shard = env.GALLERY_SHARD.get(env.GALLERY_SHARD.idFromName(`${tenantId}/${collectionId}`));
  const collection = await findCollection(galleryParts(env, { tenantId, keyId: null }), collectionId);
  const { size } = await shard.search({ tenantId, collectionId, modelId }, collection ?? NO_ENTRIES, [], 1);
  return { ...size };
}
const NO_ENTRIES = { head: 0, mark: null, templateCount: 0 };

/** The product, with attack endpoints under /attack/ that read its memory and storage. */
export default {
  ...product,
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/attack/"))
      return product.fetch!(request as Request<unknown, IncomingRequestCfProperties>, env, ctx);
    const readBody = async <T>() => (await request.json()) as T;
    switch (pathname) {
      case "/attack/memory":
        return Response.json({ wasm: wasmBytes() });
      case "/attack/tenant":
        return Response.json(await makeTenant(env, (await readBody<{ name: string }>()).name));
      case "/attack/fill":
        return Response.json(await fillCollection(env, await readBody<FillRequest>()));
      case "/attack/fixture":
        return Response.json(await makePairFixture(env, await readBody()));
      case "/attack/read":
        return Response.json(await readRows(env, await readBody<Statement[]>()));
      case "/attack/shard":
        return Response.json(await shardSize(env, await readBody<ShardAddress>()));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env, PendingErasure>;
