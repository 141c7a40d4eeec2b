import { asc, count, eq, gte } from "drizzle-orm";
import type { DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import { applied, rows } from "../../schema/shard-tables.ts";
import type { FaceTemplate } from "../matching/template.ts";
import type { VectorIndex } from "./kernel.ts";
import type { GalleryLogEntry } from "./log.ts";
import type { SearchResult } from "./records.ts";

/** The number of rows per read from SQLite when a shard starts. */
const ROWS_PER_READ = 4096;

/**
 * The state of a collection's log: vectors in the Durable Object's SQLite and, in the same order, in the kernel's memory, which a search
 * scans. Positions have no gaps: when a row is removed, the last row moves to its position.
 */
export class GalleryView {
  readonly #db: DrizzleSqliteDODatabase;
  readonly #index: VectorIndex;
  readonly #templateIds: string[] = [];
  readonly #subjectIds: string[] = [];
  readonly #positions = new Map<string, number>();
  /** The number of templates of each subject. */
  readonly #templateCounts = new Map<string, number>();
  /** Sequence and mark of the last log entry that was applied. */
  #sequence: number;
  #mark: number;

  /** Loads the view from SQLite. Throws if the tables are damaged. */
  constructor(db: DrizzleSqliteDODatabase, index: VectorIndex) {
    this.#db = db;
    this.#index = index;
    const last = db.select().from(applied).where(eq(applied.id, 1)).get();
    this.#sequence = last?.sequence ?? 0;
    this.#mark = last?.mark ?? 0;
    const stored = db.select({ n: count() }).from(rows).get()?.n ?? 0;
    index.reserve(stored);
    for (let from = 0; from < stored; from += ROWS_PER_READ) {
      const page = db
        .select()
        .from(rows)
        .where(gte(rows.position, from))
        .orderBy(asc(rows.position))
        .limit(ROWS_PER_READ)
        .all();
      for (const row of page) {
        const position = this.#append(row.templateId, row.subjectId, row.vector, row.scale);
        if (position !== row.position) throw new Error(`The shard's tables are damaged: row ${position} is missing.`);
      }
    }
  }

  /** The number of templates. */
  get size(): number {
    return this.#index.size;
  }

  /** The sequence of the last log entry that was applied. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether the last entry that was applied has this sequence and mark. */
  isAt(sequence: number, mark: number | null): boolean {
    return this.#sequence === sequence && (sequence === 0 || this.#mark === mark);
  }

  /** Whether `entries`, read from this view's sequence on, begin with the entry that the view applied last. */
  continuesIn([own]: readonly GalleryLogEntry[]): boolean {
    return this.#sequence === 0 || (own?.sequence === this.#sequence && own.mark === this.#mark);
  }

  /**
   * Applies the entries after this view's sequence, all or none. If it throws, memory may be ahead of the disk: the caller must discard
   * this view and open a new one.
   */
  apply(entries: readonly GalleryLogEntry[]): void {
    const next = entries.filter(({ sequence }) => sequence > this.#sequence);
    const last = next.at(-1);
    if (!last) return;
    this.#db.transaction(() => {
      for (const entry of next) this.#applyEntry(entry);
      const { sequence, mark } = last;
      this.#db
        .insert(applied)
        .values({ id: 1, sequence, mark })
        .onConflictDoUpdate({ target: applied.id, set: { sequence, mark } })
        .run();
      this.#sequence = sequence;
      this.#mark = mark;
    });
  }

  /** Finds for each probe the `k` nearest subjects, each with its nearest template. */
  search(probes: readonly FaceTemplate[], k: number): SearchResult {
    const found = this.#index.search(probes, k, { group: (position) => this.#subjectIds[position]! });
    return {
      size: { subjects: this.#templateCounts.size, templates: this.#index.size },
      nearest: found.map((near) =>
        near.map(({ position, distance }) => ({
          templateId: this.#templateIds[position]!,
          subjectId: this.#subjectIds[position]!,
          distance,
        })),
      ),
    };
  }

  #applyEntry({ change, templateId, subjectId, vector, scale }: GalleryLogEntry): void {
    const position = this.#positions.get(templateId);
    switch (change) {
      case "added": {
        // A null vector means that the template was deleted later. The entry of that removal follows in the log.
        if (position !== undefined || vector === null || scale === null) return;
        const at = this.#append(templateId, subjectId, vector, scale);
        this.#db.insert(rows).values({ position: at, templateId, subjectId, vector, scale }).run();
        return;
      }
      case "removed":
        if (position !== undefined) this.#remove(templateId, position);
        return;
      case "moved":
        if (position === undefined) return;
        this.#count(this.#subjectIds[position]!, -1);
        this.#count(subjectId, 1);
        this.#subjectIds[position] = subjectId;
        this.#db.update(rows).set({ subjectId }).where(eq(rows.position, position)).run();
        return;
      default:
        change satisfies never;
    }
  }

  #append(templateId: string, subjectId: string, vector: Int8Array, scale: number): number {
    const position = this.#index.add(vector, scale);
    this.#templateIds[position] = templateId;
    this.#subjectIds[position] = subjectId;
    this.#positions.set(templateId, position);
    this.#count(subjectId, 1);
    return position;
  }

  #remove(templateId: string, position: number): void {
    const last = this.#index.size - 1;
    this.#db.delete(rows).where(eq(rows.position, position)).run();
    this.#count(this.#subjectIds[position]!, -1);
    if (position !== last) {
      this.#index.move(last, position);
      const moved = this.#templateIds[last]!;
      this.#templateIds[position] = moved;
      this.#subjectIds[position] = this.#subjectIds[last]!;
      this.#positions.set(moved, position);
      this.#db.update(rows).set({ position }).where(eq(rows.position, last)).run();
    }
    this.#index.removeLast();
    this.#templateIds.pop();
    this.#subjectIds.pop();
    this.#positions.delete(templateId);
  }

  #count(subjectId: string, change: 1 | -1): void {
    const templates = (this.#templateCounts.get(subjectId) ?? 0) + change;
    if (templates > 0) this.#templateCounts.set(subjectId, templates);
    else this.#templateCounts.delete(subjectId);
  }
}
