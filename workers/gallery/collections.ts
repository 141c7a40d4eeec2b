import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import { audit, collections, galleryLog, subjects, templates } from "../../schema/tables.ts";
import { auditEntry, auditRow } from "../platform/audit.ts";
import { type Database, isConstraintFailure, oneOf, prepared } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey, keepOutcome } from "../platform/idempotency.ts";
import { newId } from "../platform/ids.ts";
import { type Conflict, type Deleted, keyReused, type NotFound, notFound } from "../platform/outcomes.ts";
import { noteErasure, ofCollection, subjectsIn } from "./log.ts";
import { pageOf } from "./page.ts";
import type { GalleryParts } from "./parts.ts";
import type { Collection, Page, Paged } from "./records.ts";

const shown = {
  id: collections.id,
  name: collections.name,
  modelId: collections.modelId,
  head: collections.head,
  mark: galleryLog.mark,
  templateCount: collections.templateCount,
  createdAt: collections.createdAt,
};

/** Collections, each with the last entry of its log. */
const selectCollections = (db: Database) =>
  db
    .select(shown)
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
  { db, actor }: Pick<GalleryParts, "db" | "actor">,
  id: string,
): Promise<Collection | undefined> {
  return collectionById(db).get({ tenantId: actor.tenantId, id });
}

/** Those of the ids that exist, in one read. */
export async function findCollections(
  { db, actor }: GalleryParts,
  ids: readonly string[],
): Promise<Map<string, Collection>> {
  const found = await selectCollections(db).where(
    and(eq(collections.tenantId, actor.tenantId), oneOf(collections.id, ids)),
  );
  return new Map(found.map((collection) => [collection.id, collection]));
}

export async function listCollections({ db, actor }: GalleryParts, page: Page): Promise<Paged<Collection>> {
  const found = await selectCollections(db)
    .where(and(eq(collections.tenantId, actor.tenantId), page.after ? gt(collections.id, page.after) : undefined))
    .orderBy(asc(collections.id))
    .limit(page.first + 1);
  return pageOf(found, page);
}

export async function countCollections({ db, actor }: GalleryParts): Promise<number> {
  const row = await db.select({ n: count() }).from(collections).where(eq(collections.tenantId, actor.tenantId)).get();
  return row?.n ?? 0;
}

export async function createCollection(
  parts: GalleryParts,
  name: string,
  modelId: string,
  key?: IdempotencyKey,
): Promise<{ kind: "created"; collection: Collection } | Conflict> {
  const { db, actor, clock } = parts;
  const earlier = key && (await earlierCollection(parts, key));
  if (earlier) return earlier;
  const now = clock();
  const row = { id: newId("collection"), name, modelId, head: 0, templateCount: 0, createdAt: new Date(now) };
  const collection: Collection = { ...row, mark: null };
  try {
    await db.batch([
      db.insert(collections).values({ tenantId: actor.tenantId, ...row }),
      auditEntry(db, actor, "createCollection", collection.id, now),
      ...(key ? [keepOutcome(db, actor.tenantId, key, { collectionId: collection.id }, now)] : []),
    ]);
  } catch (error) {
    // The same key, twice at once: the first one's answer stands.
    const first = key && isConstraintFailure(error) && (await earlierCollection(parts, key));
    if (!first) throw error;
    return first;
  }
  return { kind: "created", collection };
}

async function earlierCollection(parts: GalleryParts, key: IdempotencyKey) {
  const earlier = await earlierOutcome<{ collectionId: string }>(parts.db, parts.actor.tenantId, key);
  if (!earlier) return undefined;
  if (earlier === "conflict") return keyReused();
  const collection = await findCollection(parts, earlier.outcome.collectionId);
  return collection ? { kind: "created" as const, collection } : goneSince("collection");
}

/** What an idempotency key made exists no more. */
export const goneSince = (what: "collection" | "subject"): Conflict => ({
  kind: "conflict",
  message: `The ${what} that this idempotency key made was deleted since. Use a new key.`,
});

/** Destroys all templates in D1 at once and in the shard before it answers, or soon after where that cannot be reached. */
export async function deleteCollection(parts: GalleryParts, id: string): Promise<Deleted | NotFound> {
  const { db, actor, clock, confirmErasure } = parts;
  const { tenantId } = actor;
  const now = clock();
  const entry = auditRow(actor, "deleteCollection", id, now);
  const [, , destroyed, , , gone] = await db.batch([
    noteErasure(db, tenantId, id, true, now),
    db.insert(audit).select(
      sql`select ${tenantId}, ${entry.id}, ${entry.keyId}, ${entry.action}, ${collections.id}, ${now}
          from ${collections} where ${ofCollection(tenantId, id)}`,
    ),
    db.delete(templates).where(and(eq(templates.tenantId, tenantId), eq(templates.collectionId, id))),
    db.delete(subjects).where(subjectsIn(tenantId, id)),
    db.delete(galleryLog).where(and(eq(galleryLog.tenantId, tenantId), eq(galleryLog.collectionId, id))),
    db.delete(collections).where(ofCollection(tenantId, id)),
  ]);
  if (gone.meta.changes === 0) return notFound("collection", id);
  await confirmErasure(id);
  return { kind: "deleted", deletedId: id, templates: destroyed.meta.changes };
}
