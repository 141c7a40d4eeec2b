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

/** The number of log entries per read from D1: about 1 MB. */
const PAGE = 500;
/** The interval in milliseconds at which a shard compares its view with D1 even without calls. */
const COMPARE_MS = 24 * 60 * 60 * 1000;
/** The storage key of the shard's {@link Address}, which the alarm needs. */
const ADDRESS = "address";

/**
 * The search shard of one collection: a view of the collection's log. A call may be lost, the shard may crash or lose its data, and D1
 * may be restored to an earlier time. Therefore the shard catches up with D1 before it answers, unless it is already at the head that
 * the caller read from D1.
 *
 * The shard discards its view and rebuilds it from the log if its last entry is not in D1's log (D1 was restored), if its template
 * count differs from D1's, or if its own database is damaged. Once a day it catches up without a call, so that a template that D1 lost
 * in a restore does not stay in a shard that is never called.
 */
export abstract class SearchShard extends DurableObject<{ DB: D1Database }> implements Shard {
  /** The compiled search kernel (`kernel/`). The deployed class supplies it. */
  protected abstract readonly kernel: WebAssembly.Module;

  #view: GalleryView | undefined;
  /**
   * The view's template count minus D1's, measured after a rebuild from the whole log. It is 0 unless D1's log and count contradict each
   * other. It prevents a rebuild of such a collection at every search.
   */
  #surplus = 0;
  /** The end of the queue of changes. They run one after the other. */
  #turn: Promise<void> = Promise.resolve();
  /** The number of `catchUp` calls so far, and the number of calls that were made before the last complete read of D1 began. */
  #calls = 0;
  #answered = 0;

  async search(at: Address, head: Head, probes: readonly FaceTemplate[], k: number): Promise<SearchResult> {
    if (!this.#isAt(head)) await this.catchUp(at);
    // There is no view if the collection was deleted in the meantime. Then the result is that of an empty gallery.
    return this.#view?.search(probes, k) ?? { size: { subjects: 0, templates: 0 }, nearest: probes.map(() => []) };
  }

  catchUp(at: Address): Promise<void> {
    const call = ++this.#calls;
    // Calls that wait at the same time share one read of D1, which begins after the last of these calls.
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
    /** Whether this call built the view from the whole log. Another rebuild would give the same view. */
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
    if (dimension === undefined) throw new Error(`The catalog has no embedder with the id ${at.modelId}.`);
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

  /** Deletes the view in memory and on disk. If `at` is given, the discard is a repair and is logged with the reason `why`. */
  async #discard(at?: Address, why?: string, error?: unknown): Promise<void> {
    if (at) log("warn", { event: "shard.rebuilt", tenantId: at.tenantId, outcome: why, error });
    this.#view = undefined;
    this.#answered = 0;
    try {
      await this.ctx.storage.deleteAll();
    } catch (cause) {
      // For example, the database file is missing. The storage cannot be used until the object restarts.
      this.ctx.abort("The shard's storage could not be deleted.");
      throw cause;
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
