import type { Actor } from "../platform/audit.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Shards } from "./shards.ts";

/** The dependencies of the gallery's operations. */
export interface GalleryDeps {
  db: Database;
  shards: Shards;
  actor: Actor;
  clock: Clock;
  /** Keeps the request alive after its answer until `work` has finished. */
  waitUntil: (work: Promise<unknown>) => void;
  /** Makes the collection's shard delete what D1 deleted. If the shard cannot be reached, schedules a retry. */
  confirmErasure: (collectionId: string) => Promise<void>;
}
