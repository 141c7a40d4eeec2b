import { and, asc, eq, gte, type SQL, sql } from "drizzle-orm";
import { collections, erasures, galleryLog, subjects, templates } from "../../schema/tables.ts";
import { type Database, runBatch } from "../platform/database.ts";

/**
 * The SQL statements of the gallery log, from which the search shard builds its view. Each change of a collection is one batch: it
 * advances the collection's head, writes one log entry per template with the sequences up to the new head, and changes the rows that
 * the entries describe.
 */

export const ofCollection = (tenantId: string, id: string) =>
  and(eq(collections.tenantId, tenantId), eq(collections.id, id));

/** Reserves `entries` sequences in the log and adds `templateChange` to the collection's template count. */
export const advanceHead = (
  db: Database,
  tenantId: string,
  collectionId: string,
  entries: number | SQL,
  templateChange: number | SQL,
) =>
  db
    .update(collections)
    .set({
      head: sql`${collections.head} + ${entries}`,
      templateCount: sql`${collections.templateCount} + ${templateChange}`,
    })
    .where(ofCollection(tenantId, collectionId));

/** A random mark. SQLite's random number has 64 bits; the shift keeps as many as JavaScript represents exactly (53). */
const newMark = sql`random() >> 11`;

/** Writes the entry of a template that was just added, at the collection's new head. */
export const logAdded = (db: Database, tenantId: string, collectionId: string, templateId: string, subjectId: string) =>
  db.insert(galleryLog).select(
    sql`select ${collections.tenantId}, ${collections.id}, ${collections.head}, ${newMark}, 'added', ${templateId}, ${subjectId}
        from ${collections} where ${ofCollection(tenantId, collectionId)}`,
  );

/** The number of templates that meet a condition, as an SQL expression. */
export const countOf = (condition: SQL | undefined) => sql`(select count(*) from ${templates} where ${condition})`;

/** Writes one entry for each template that meets the condition. The last one has the collection's new head as its sequence. */
export const logEach = (
  db: Database,
  change: "removed" | "moved",
  tenantId: string,
  collectionId: string,
  condition: SQL | undefined,
  subjectId: SQL | string,
) =>
  db.insert(galleryLog).select(
    sql`select ${templates.tenantId}, ${templates.collectionId},
          ${collections.head} + 1 - row_number() over (order by ${templates.id} desc),
          ${newMark}, ${change}, ${templates.id}, ${subjectId}
        from ${templates} join ${collections} on ${ofCollection(tenantId, collectionId)}
        where ${condition}`,
  );

/**
 * Records, if `when` holds, that the shard must confirm an erasure: up to the collection's head or, if `whole`, of the whole collection.
 */
export const recordErasure = (
  db: Database,
  tenantId: string,
  collectionId: string,
  whole: boolean,
  now: number,
  when: SQL = sql`true`,
) =>
  db
    .insert(erasures)
    .select(
      sql`select ${collections.tenantId}, ${collections.id}, ${collections.head}, ${whole ? 1 : 0}, ${now}
          from ${collections} where ${ofCollection(tenantId, collectionId)} and ${when}`,
    )
    .onConflictDoUpdate({
      target: [erasures.tenantId, erasures.collectionId],
      set: { head: sql`excluded.head`, whole: sql`excluded.whole` },
    });

/** A log entry as the shard reads it, with the template's vector. The vector is null if the template was deleted in the meantime. */
export interface GalleryLogEntry {
  sequence: number;
  mark: number;
  change: "added" | "removed" | "moved";
  templateId: string;
  subjectId: string;
  vector: Int8Array | null;
  scale: number | null;
}

/** A page of a collection's log, and the collection's template count at the same moment. */
export interface LogPage {
  templateCount: number;
  entries: GalleryLogEntry[];
}

/**
 * Reads the entry with the sequence `from` and those after it, in order. Returns undefined if the collection does not exist. Count and
 * entries are read in one transaction, so a view that has applied the whole log has `templateCount` templates.
 */
export async function readLog(
  db: Database,
  tenantId: string,
  collectionId: string,
  from: number,
  limit: number,
): Promise<LogPage | undefined> {
  const {
    collection: [collection],
    entries,
  } = await runBatch(db, {
    collection: db
      .select({ templateCount: collections.templateCount })
      .from(collections)
      .where(ofCollection(tenantId, collectionId)),
    entries: db
      .select({
        sequence: galleryLog.sequence,
        mark: galleryLog.mark,
        change: galleryLog.change,
        templateId: galleryLog.templateId,
        subjectId: galleryLog.subjectId,
        vector: templates.vector,
        scale: templates.scale,
      })
      .from(galleryLog)
      .leftJoin(
        templates,
        and(
          eq(templates.tenantId, galleryLog.tenantId),
          eq(templates.id, galleryLog.templateId),
          eq(galleryLog.change, "added"),
        ),
      )
      .where(
        and(
          eq(galleryLog.tenantId, tenantId),
          eq(galleryLog.collectionId, collectionId),
          gte(galleryLog.sequence, from),
        ),
      )
      .orderBy(asc(galleryLog.sequence))
      .limit(limit),
  });
  return collection && { ...collection, entries };
}

export const ofSubject = (tenantId: string, subjectId: string) =>
  and(eq(subjects.tenantId, tenantId), eq(subjects.id, subjectId));

/** Whether a subject exists, as an SQL condition in a statement on any table. */
export const subjectExists = (tenantId: string, subjectId: string) =>
  sql`exists (select 1 from ${subjects} as named where named.tenant_id = ${tenantId} and named.id = ${subjectId})`;

/** Selects the subjects of a collection. */
export const subjectsIn = (tenantId: string, collectionId: string) =>
  and(eq(subjects.tenantId, tenantId), eq(subjects.collectionId, collectionId));
