import type { FaceTemplate } from "../matching/template.ts";
import type { SearchResult } from "./records.ts";

/** Whose log a shard views. */
export interface Address {
  tenantId: string;
  collectionId: string;
  modelId: string;
}

/** What a collection's search shard answers (a Durable Object, called over RPC). */
export interface Shard {
  /** The k nearest subjects of each probe, after catching up with the log's head. */
  search(at: Address, head: number, probes: readonly FaceTemplate[], k: number): Promise<SearchResult>;
  /** Applies the log up to its head. */
  catchUp(at: Address, head: number): Promise<void>;
  /** Forgets everything, in memory and on disk. */
  erase(): Promise<void>;
}

/** The shard of a collection. */
export type Shards = (tenantId: string, collectionId: string) => Shard;
