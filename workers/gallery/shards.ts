import type { FaceTemplate } from "../matching/template.ts";
import type { Head, SearchResult } from "./records.ts";

/** Whose log a shard views. */
export interface Address {
  tenantId: string;
  collectionId: string;
  modelId: string;
}

/** What a collection's search shard answers (a Durable Object, called over RPC). */
export interface Shard {
  /** The k nearest subjects of each probe. Unless the shard is at the head that the caller read, it catches up first. */
  search(at: Address, head: Head, probes: readonly FaceTemplate[], k: number): Promise<SearchResult>;
  /** Makes the shard what D1 says now: it applies the rest of the log, or starts again where its own entries are not D1's. */
  catchUp(at: Address): Promise<void>;
  /** Forgets everything, in memory and on disk. */
  erase(): Promise<void>;
}

/** The shard of a collection. */
export type Shards = (tenantId: string, collectionId: string) => Shard;
