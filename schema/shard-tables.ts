import { customType, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What a search shard (a Durable Object) keeps in its own SQLite: the view of one collection's log.
 * It can be emptied at any time: the log in D1 makes it again.
 */

/** Signed bytes; the object's SQLite gives an ArrayBuffer. */
const int8Vector = customType<{ data: Int8Array; driverData: ArrayBuffer }>({
  dataType: () => "blob",
  toDriver: (vector) => new Int8Array(vector).buffer,
  fromDriver: (bytes) => new Int8Array(bytes),
});

/** One template, at its row of the index in memory (rows are dense: 0 … n − 1). */
export const rows = sqliteTable("rows", {
  position: integer("position").primaryKey(),
  templateId: text("template_id").notNull().unique(),
  subjectId: text("subject_id").notNull(),
  scale: real("scale").notNull(),
  vector: int8Vector("vector").notNull(),
});

/** One row: the last entry of the log that `rows` contain, by its sequence and its mark (`gallery_log.mark`). */
export const applied = sqliteTable("applied", {
  id: integer("id").primaryKey(),
  sequence: integer("sequence").notNull(),
  mark: integer("mark").notNull().default(0),
});
