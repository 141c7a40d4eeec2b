import { asc, count, eq, gte } from "drizzle-orm";
import type { DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import { applied, rows } from "../../schema/shard-tables.ts";
import type { FaceTemplate } from "../matching/template.ts";
import type { VectorIndex } from "./kernel.ts";
import type { LogEntry } from "./log.ts";
import type { SearchResult } from "./records.ts";

/** Rows that are read from SQLite at a time while a shard wakes. */
const LOADED_AT_A_TIME = 4096;

/**
 * A collection's log, applied: vectors in the object's SQLite and, row for row, in the kernel's memory, which is what a
 * search scans. Rows are dense; the last one fills the place of one that is removed.
 */
export class GalleryView {
  readonly #db: DrizzleSqliteDODatabase;
  readonly #index: VectorIndex;
  readonly #templateIds: string[] = [];
  readonly #subjectIds: string[] = [];
  readonly #positions = new Map<string, number>();
  /** How many templates each subject has. */
  readonly #templateCounts = new Map<string, number>();
  /** The last entry of the log that is applied. */
  #sequence: number;
  #mark: number;

  /** Throws where the tables are not as this class writes them. */
  constructor(db: DrizzleSqliteDODatabase, index: VectorIndex) {
    this.#db = db;
    this.#index = index;
    const last = db.select().from(applied).where(eq(applied.id, 1)).get();
    this.#sequence = last?.sequence ?? 0;
    this.#mark = last?.mark ?? 0;
    const stored = db.select({ n: count() }).from(rows).get()?.n ?? 0;
    index.reserve(stored);
    for (let from = 0; from < stored; from += LOADED_AT_A_TIME) {
      const page = db
        .select()
        .from(rows)
        .where(gte(rows.position, from))
        .orderBy(asc(rows.position))
        .limit(LOADED_AT_A_TIME)
        .all();
      for (const row of page) {
        const position = this.#append(row.templateId, row.subjectId, row.vector, row.scale);
        if (position !== row.position) throw new Error(`The shard's row ${position} is missing.`);
      }
    }
  }

  /** How many templates there are. */
  get size(): number {
    return this.#index.size;
  }

  /** The last sequence of the log that is applied. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether this is the view at a head of the log: its last sequence and that entry's mark. */
  isAt(sequence: number, mark: number | null): boolean {
    return this.#sequence === sequence && (sequence === 0 || this.#mark === mark);
  }

  /** Whether entries of the log, read from this view's own sequence on, begin with the entry that it applied last. */
  continuesIn([own]: readonly LogEntry[]): boolean {
    return this.#sequence === 0 || (own?.sequence === this.#sequence && own.mark === this.#mark);
  }

  /**
   * Applies those of a page of the log that follow, whole or not at all. Where it throws, memory may be ahead of the disk: the caller must throw
   * this view away and open it anew.
   */
  apply(entries: readonly LogEntry[]): void {
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

  /** For each probe its k nearest subjects, each by its nearest template. */
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

  #applyEntry({ change, templateId, subjectId, vector, scale }: LogEntry): void {
    const position = this.#positions.get(templateId);
    switch (change) {
      case "added": {
        // A missing row of `templates` means that it was deleted since; its own entry follows.
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
