import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import { collections, galleryLog, subjects, templates } from "../../schema/tables.ts";
import { insertAudit, insertAuditIf } from "../platform/audit.ts";
import { type Database, isConstraintFailure, oneOf, prepared, runBatch } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey, keepOutcome } from "../platform/idempotency.ts";
import { newId } from "../platform/ids.ts";
import { type Conflict, type Deleted, keyReused, type NotFound, notFound } from "../platform/outcomes.ts";
import type { GalleryDeps } from "./deps.ts";
import { ofCollection, recordErasure, subjectsIn } from "./log.ts";
import { type Collection, type Page, type Paged, pageOf } from "./records.ts";

const columns = {
  id: collections.id,
  name: collections.name,
  modelId: collections.modelId,
  head: collections.head,
  mark: galleryLog.mark,
  templateCount: collections.templateCount,
  createdAt: collections.createdAt,
};

/** Selects collections, each with the mark of the last entry of its log. */
const selectCollections = (db: Database) =>
  db
    .select(columns)
    .from(collections)
    .leftJoin(
      galleryLog,
      and(
        eq(galleryLog.tenantId, collections.tenantId),
        eq(galleryLog.collectionId, collections.id),
        eq(galleryLog.sequence, collections.head),
      ),
    );

const collectionById = prepared((db) =>
  selectCollections(db)
    .where(and(eq(collections.tenantId, sql.placeholder("tenantId")), eq(collections.id, sql.placeholder("id"))))
    .prepare(),
);

export async function findCollection(
  { db, actor }: Pick<GalleryDeps, "db" | "actor">,
  id: string,
): Promise<Collection | undefined> {
  return collectionById(db).get({ tenantId: actor.tenantId, id });
}

/** Finds the collections with these ids in one read. Ids that do not exist are left out. */
export async function findCollections(
  { db, actor }: GalleryDeps,
  ids: readonly string[],
): Promise<Map<string, Collection>> {
  const found = await selectCollections(db).where(
    and(eq(collections.tenantId, actor.tenantId), oneOf(collections.id, ids)),
  );
  return new Map(found.map((collection) => [collection.id, collection]));
}

export async function listCollections({ db, actor }: GalleryDeps, page: Page): Promise<Paged<Collection>> {
  const found = await selectCollections(db)
    .where(and(eq(collections.tenantId, actor.tenantId), page.after ? gt(collections.id, page.after) : undefined))
    .orderBy(asc(collections.id))
    .limit(page.first + 1);
  return pageOf(found, page);
}

export async function countCollections({ db, actor }: GalleryDeps): Promise<number> {
  const row = await db.select({ n: count() }).from(collections).where(eq(collections.tenantId, actor.tenantId)).get();
  return row?.n ?? 0;
}

export async function createCollection(
  deps: GalleryDeps,
  name: string,
  modelId: string,
  key?: IdempotencyKey,
): Promise<{ kind: "created"; collection: Collection } | Conflict> {
  const { db, actor, clock } = deps;
  const earlier = key && (await earlierCollection(deps, key));
  if (earlier) return earlier;
  const now = clock();
  const row = { id: newId("collection"), name, modelId, head: 0, templateCount: 0, createdAt: new Date(now) };
  const collection: Collection = { ...row, mark: null };
  try {
    await db.batch([
      db.insert(collections).values({ tenantId: actor.tenantId, ...row }),
      insertAudit(db, actor, "createCollection", collection.id, now),
      ...(key ? [keepOutcome(db, actor.tenantId, key, { collectionId: collection.id }, now)] : []),
    ]);
  } catch (error) {
    // If two requests use the same key at the same time, the answer of the first applies to both.
    const first = key && isConstraintFailure(error) && (await earlierCollection(deps, key));
    if (!first) throw error;
    return first;
  }
  return { kind: "created", collection };
}

async function earlierCollection(deps: GalleryDeps, key: IdempotencyKey) {
  const earlier = await earlierOutcome<{ collectionId: string }>(deps.db, deps.actor.tenantId, key);
  if (!earlier) return undefined;
  if (earlier === "conflict") return keyReused();
  const collection = await findCollection(deps, earlier.outcome.collectionId);
  return collection ? { kind: "created" as const, collection } : deletedSince("collection");
}

/** The answer to a repeated request if the result of the first request was deleted in the meantime. */
export const deletedSince = (type: "collection" | "subject"): Conflict => ({
  kind: "conflict",
  message: `The request with this idempotency key succeeded, but its ${type} was deleted afterwards. Use a new key to repeat the request.`,
});

/**
 * Deletes a collection with its subjects and templates. D1 deletes them at once. The shard deletes them before the answer, or soon
 * afterwards if it cannot be reached.
 */
export async function deleteCollection(deps: GalleryDeps, id: string): Promise<Deleted | NotFound> {
  const { db, actor, clock, confirmErasure } = deps;
  const { tenantId } = actor;
  const now = clock();
  const { deletedTemplates, deletion } = await runBatch(db, {
    erasure: recordErasure(db, tenantId, id, true, now),
    audit: insertAuditIf(db, actor, "deleteCollection", collections, ofCollection(tenantId, id), now),
    deletedTemplates: db.delete(templates).where(and(eq(templates.tenantId, tenantId), eq(templates.collectionId, id))),
    deletedSubjects: db.delete(subjects).where(subjectsIn(tenantId, id)),
    deletedLog: db.delete(galleryLog).where(and(eq(galleryLog.tenantId, tenantId), eq(galleryLog.collectionId, id))),
    deletion: db.delete(collections).where(ofCollection(tenantId, id)),
  });
  if (deletion.meta.changes === 0) return notFound("collection", id);
  await confirmErasure(id);
  return { kind: "deleted", deletedId: id, templates: deletedTemplates.meta.changes };
}
