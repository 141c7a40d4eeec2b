import { DurableObject } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import migrations from "../../migrations/shard/migrations.js";
import { modelById } from "../../models/catalog.ts";
import type { FaceTemplate } from "../matching/template.ts";
import { openDatabase } from "../platform/database.ts";
import { log } from "../platform/log.ts";
import { createIndex } from "./kernel.ts";
import { readLog } from "./log.ts";
import type { Head, SearchResult } from "./records.ts";
import type { Address, Shard } from "./shards.ts";
import { GalleryView } from "./view.ts";

/** Entries of the log that are read from D1 at a time: about 1 MB of it. */
const PAGE = 500;
/** How often a shard compares itself with D1 though nobody calls it. */
const COMPARE_MS = 24 * 60 * 60 * 1000;
/** Where a shard keeps whose log it views, for its alarm. */
const ADDRESS = "address";

/**
 * The search shard of one collection: a view of its log. It may lose a call, crash or be emptied at any time, and D1 may be
 * restored to an earlier time: before it answers it catches up with D1, unless it is already at the head that the caller
 * read there.
 *
 * It discards its view and starts again from the log when its last entry is not in D1's log (D1 was restored), when it has
 * another number of templates than D1 counts, and when its own database is damaged. Once a day it catches up by itself, so
 * that a template that D1 lost in a restore does not stay in a shard that nobody calls.
 *
 * The wiring hands it the kernel's WebAssembly.
 */
export abstract class SearchShard extends DurableObject<{ DB: D1Database }> implements Shard {
  /** The search kernel's WebAssembly (`kernel/`). */
  protected abstract readonly kernel: WebAssembly.Module;

  #view: GalleryView | undefined;
  /**
   * How many templates more than D1 counts a view has that was just built from the whole log: 0, unless D1 contradicts
   * itself. Such a collection must not be rebuilt at every search.
   */
  #surplus = 0;
  /** The end of what is being applied: changes are applied one after the other. */
  #turn: Promise<void> = Promise.resolve();
  /** How many times `catchUp` was called, and how many of those calls the last complete reading of D1 came after. */
  #calls = 0;
  #answered = 0;

  async search(at: Address, head: Head, probes: readonly FaceTemplate[], k: number): Promise<SearchResult> {
    if (!this.#isAt(head)) await this.catchUp(at);
    // The collection was deleted between: an empty gallery has no neighbours.
    return this.#view?.search(probes, k) ?? { size: { subjects: 0, templates: 0 }, nearest: probes.map(() => []) };
  }

  catchUp(at: Address): Promise<void> {
    const call = ++this.#calls;
    // Calls that wait for their turn together share one reading of D1, which begins after the last of them came.
    return this.#inTurn(async () => {
      if (this.#answered < call) await this.#readLog(at);
    });
  }

  override async alarm(): Promise<void> {
    const at = this.ctx.storage.kv.get<Address>(ADDRESS);
    if (at === undefined) return;
    await this.catchUp(at);
    if (this.#view) await this.#compareLater(at);
  }

  erase(): Promise<void> {
    return this.#inTurn(() => this.#discard());
  }

  #isAt({ head, mark, templateCount }: Head): boolean {
    return this.#view?.isAt(head, mark) === true && this.#view.size === templateCount + this.#surplus;
  }

  /** Applies the log up to its end, page by page. */
  async #readLog(at: Address): Promise<void> {
    const db = openDatabase(this.env.DB);
    /** Whether the view was built from the whole log in this call: to build it again would give the same. */
    let fresh = false;
    for (;;) {
      const view = this.#view ?? (await this.#open(at));
      this.#view = view;
      fresh ||= view.sequence === 0 && view.size === 0;
      const answered = this.#calls;
      const page = await readLog(db, at.tenantId, at.collectionId, view.sequence, PAGE);
      if (page === undefined) {
        await this.#discard();
      } else if (!view.continuesIn(page.entries)) {
        await this.#discard(at, "D1 was restored");
        continue;
      } else {
        try {
          view.apply(page.entries);
        } catch (error) {
          this.#view = undefined;
          if (fresh) throw error;
          await this.#discard(at, "the shard's database is damaged", error);
          continue;
        }
        if (page.entries.length === PAGE) continue;
        const surplus = view.size - page.templateCount;
        if (surplus !== this.#surplus && !fresh) {
          await this.#discard(at, "the counts differ");
          continue;
        }
        this.#surplus = surplus;
      }
      this.#answered = answered;
      return;
    }
  }

  async #open(at: Address): Promise<GalleryView> {
    const dimension = modelById(at.modelId)?.dimension;
    if (dimension === undefined) throw new Error(`The catalog has no embedder ${at.modelId}`);
    const open = async () => {
      const db = drizzle(this.ctx.storage);
      await migrate(db, migrations);
      if ((await this.ctx.storage.getAlarm()) === null) await this.#compareLater(at);
      return new GalleryView(db, createIndex(this.kernel, dimension));
    };
    return open().catch(async (error) => {
      await this.#discard(at, "the shard's database is damaged", error);
      return open();
    });
  }

  async #compareLater(at: Address): Promise<void> {
    this.ctx.storage.kv.put(ADDRESS, at);
    await this.ctx.storage.setAlarm(Date.now() + COMPARE_MS);
  }

  /** Forgets everything, in memory and on disk; `why` is logged where nobody asked for it. */
  async #discard(at?: Address, why?: string, error?: unknown): Promise<void> {
    if (at) log("warn", { event: "shard.rebuilt", tenantId: at.tenantId, outcome: why, error });
    this.#view = undefined;
    this.#answered = 0;
    try {
      await this.ctx.storage.deleteAll();
    } catch (cause) {
      // Its file is gone, say: no more can be done with this object's storage until the object starts again.
      this.ctx.abort("The storage could not be deleted.");
      throw cause;
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
