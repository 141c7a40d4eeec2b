import { DurableObject } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import migrations from "../../migrations/shard/migrations.js";
import { modelById } from "../../models/catalog.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { openDatabase } from "../platform/database.ts";
import { createIndex } from "./kernel.ts";
import { readLog } from "./log.ts";
import type { SearchResult } from "./records.ts";
import type { Address, Shard } from "./shards.ts";
import { GalleryView } from "./view.ts";

/** Entries of the log that are read from D1 at a time: about 1 MB of it. */
const PAGE = 500;

/**
 * The search shard of one collection: a view of its log. It may lose a call, crash or be emptied at any time: before it
 * answers it catches up with the head that the caller read in D1.
 * The wiring hands it the kernel's WebAssembly.
 */
export abstract class SearchShard extends DurableObject<{ DB: D1Database }> implements Shard {
  /** The search kernel's WebAssembly (`kernel/`). */
  protected abstract readonly kernel: WebAssembly.Module;

  #view: GalleryView | undefined;
  /** The end of what is being applied: changes are applied one after the other. */
  #turn: Promise<void> = Promise.resolve();

  async search(at: Address, head: number, probes: readonly FaceTemplate[], k: number): Promise<SearchResult> {
    if (this.#view === undefined || this.#view.sequence < head) await this.catchUp(at, head);
    // Erased between: an empty gallery has no neighbours.
    return this.#view?.search(probes, k) ?? { size: { subjects: 0, templates: 0 }, nearest: probes.map(() => []) };
  }

  catchUp(at: Address, head: number): Promise<void> {
    return this.#inTurn(async () => {
      const db = openDatabase(this.env.DB);
      this.#view ??= await this.#open(at.modelId);
      while (this.#view.sequence < head) {
        const entries = await readLog(db, at.tenantId, at.collectionId, this.#view.sequence, PAGE);
        if (entries.length === 0) return; // the collection was deleted meanwhile: its erasure follows
        try {
          this.#view.apply(entries);
        } catch (error) {
          this.#view = undefined;
          throw error;
        }
      }
    });
  }

  erase(): Promise<void> {
    return this.#inTurn(async () => {
      this.#view = undefined;
      await this.ctx.storage.deleteAll();
    });
  }

  async #open(modelId: string): Promise<GalleryView> {
    const dimension = modelById(modelId)?.dimension;
    if (dimension === undefined) throw new Error(`The catalog has no embedder ${modelId}`);
    const db = drizzle(this.ctx.storage);
    await migrate(db, migrations);
    return new GalleryView(db, createIndex(this.kernel, dimension));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
