import { and, asc, eq, lte } from "drizzle-orm";
import { collections, erasures } from "../../schema/tables.ts";
import type { Database } from "../platform/database.ts";
import type { Shards } from "./shards.ts";

/** An erasure that a collection's shard has not confirmed: what the queue's message names. */
export interface PendingErasure {
  tenantId: string;
  collectionId: string;
}

/**
 * Makes a collection's shard confirm its erasure, if one is pending: it catches up with the log, or forgets the whole of a
 * deleted collection. Throws where the shard cannot be reached: the queue, and the schedule after it, try again.
 */
export async function settleErasure(
  { tenantId, collectionId }: PendingErasure,
  { db, shards }: { db: Database; shards: Shards },
): Promise<void> {
  const ofErasure = and(eq(erasures.tenantId, tenantId), eq(erasures.collectionId, collectionId));
  const pending = await db
    .select({ head: erasures.head, whole: erasures.whole, modelId: collections.modelId })
    .from(erasures)
    .leftJoin(collections, and(eq(collections.tenantId, erasures.tenantId), eq(collections.id, erasures.collectionId)))
    .where(ofErasure)
    .get();
  if (!pending) return;
  const shard = shards(tenantId, collectionId);
  if (pending.whole || pending.modelId === null) await shard.erase();
  else await shard.catchUp({ tenantId, collectionId, modelId: pending.modelId });
  await db.delete(erasures).where(and(ofErasure, lte(erasures.head, pending.head), eq(erasures.whole, pending.whole)));
}

/** The oldest erasures still to be confirmed. */
export const pendingErasures = (db: Database, limit: number): Promise<PendingErasure[]> =>
  db
    .select({ tenantId: erasures.tenantId, collectionId: erasures.collectionId })
    .from(erasures)
    .orderBy(asc(erasures.createdAt))
    .limit(limit);
