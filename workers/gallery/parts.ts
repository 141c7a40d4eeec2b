import type { Actor } from "../platform/actor.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Shards } from "./shards.ts";

/** What the gallery's verbs stand on. */
export interface GalleryParts {
  db: Database;
  shards: Shards;
  actor: Actor;
  clock: Clock;
  /** Lets work go on after the answer. */
  later: (work: Promise<unknown>) => void;
  /** Makes the collection's shard forget what was deleted; where it cannot be reached, sees to it that it is tried again. */
  confirmErasure: (collectionId: string) => Promise<void>;
}
