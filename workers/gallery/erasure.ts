import { and, asc, eq, lte } from "drizzle-orm";
import { collections, erasures } from "../../schema/tables.ts";
import type { Database } from "../platform/database.ts";
import type { Shards } from "./shards.ts";

/** An erasure that the collection's shard has not confirmed yet. It is also the body of the queue message. */
export interface PendingErasure {
  tenantId: string;
  collectionId: string;
}

/**
 * Makes a collection's shard carry out the pending erasure, if there is one, and marks it as confirmed. The shard catches up with the
 * log or, if the collection was deleted, deletes all its data. Throws if the shard cannot be reached: then the queue retries, and
 * later the schedule.
 */
export async function settleErasure(
  { tenantId, collectionId }: PendingErasure,
  { db, shards }: { db: Database; shards: Shards },
): Promise<void> {
  const isThisErasure = and(eq(erasures.tenantId, tenantId), eq(erasures.collectionId, collectionId));
  const pending = await db
    .select({ head: erasures.head, whole: erasures.whole, modelId: collections.modelId })
    .from(erasures)
    .leftJoin(collections, and(eq(collections.tenantId, erasures.tenantId), eq(collections.id, erasures.collectionId)))
    .where(isThisErasure)
    .get();
  if (!pending) return;
  const shard = shards(tenantId, collectionId);
  if (pending.whole || pending.modelId === null) await shard.erase();
  else await shard.catchUp({ tenantId, collectionId, modelId: pending.modelId });
  await db
    .delete(erasures)
    .where(and(isThisErasure, lte(erasures.head, pending.head), eq(erasures.whole, pending.whole)));
}

/** The pending erasures, oldest first. */
export const pendingErasures = (db: Database, limit: number): Promise<PendingErasure[]> =>
  db
    .select({ tenantId: erasures.tenantId, collectionId: erasures.collectionId })
    .from(erasures)
    .orderBy(asc(erasures.createdAt))
    .limit(limit);
