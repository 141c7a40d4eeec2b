import type { FaceTemplate } from "../matching/template.ts";
import type { Head, SearchResult } from "./records.ts";

/** The collection whose log a shard views. */
export interface Address {
  tenantId: string;
  collectionId: string;
  modelId: string;
}

/** The RPC methods of a collection's search shard, a Durable Object. */
export interface Shard {
  /** Finds the `k` nearest subjects of each probe. The shard first catches up with D1 unless it is at `head`, which the caller read. */
  search(at: Address, head: Head, probes: readonly FaceTemplate[], k: number): Promise<SearchResult>;
  /** Brings the view up to date with D1: applies the rest of the log, or rebuilds the view if its last entry is not in D1's log. */
  catchUp(at: Address): Promise<void>;
  /** Deletes all data, in memory and on disk. */
  erase(): Promise<void>;
}

/** Returns the shard of a collection. */
export type Shards = (tenantId: string, collectionId: string) => Shard;
