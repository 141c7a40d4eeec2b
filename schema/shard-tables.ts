import { customType, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The tables of a search shard (a Durable Object) in its own SQLite: the templates of one collection, built from its gallery log.
 * They can be emptied at any time; the shard then rebuilds them from the log in D1.
 */

/** Signed bytes. The SQLite of a Durable Object returns an ArrayBuffer. */
const int8Vector = customType<{ data: Int8Array; driverData: ArrayBuffer }>({
  dataType: () => "blob",
  toDriver: (vector) => new Int8Array(vector).buffer,
  fromDriver: (bytes) => new Int8Array(bytes),
});

/** One template. `position` is its row in the index in memory; positions are dense: 0 … n − 1. */
export const rows = sqliteTable("rows", {
  position: integer("position").primaryKey(),
  templateId: text("template_id").notNull().unique(),
  subjectId: text("subject_id").notNull(),
  scale: real("scale").notNull(),
  vector: int8Vector("vector").notNull(),
});

/** A single row: the sequence number and mark (`gallery_log.mark`) of the last log entry that was applied to `rows`. */
export const applied = sqliteTable("applied", {
  id: integer("id").primaryKey(),
  sequence: integer("sequence").notNull(),
  mark: integer("mark").notNull().default(0),
});
