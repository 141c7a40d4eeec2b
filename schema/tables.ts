import { sql } from "drizzle-orm";
import {
  check,
  customType,
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  unique,
} from "drizzle-orm/sqlite-core";

/**
 * What D1 keeps. Every key starts with the tenant, so that no query can reach across tenants by leaving a condition out.
 * D1 has no interactive transaction: changes are batches, and what must not happen is a constraint (it ends the whole batch).
 */

/** Signed bytes. D1 answers a blob as an array of unsigned numbers. */
const int8Vector = customType<{ data: Int8Array; driverData: Uint8Array | number[] }>({
  dataType: () => "blob",
  toDriver: (vector) => new Uint8Array(vector.buffer, vector.byteOffset, vector.length),
  fromDriver: (bytes) => Int8Array.from(bytes),
});

const createdAt = () => integer("created_at", { mode: "timestamp_ms" }).notNull();

/** One customer. All that follows belongs to exactly one. */
export const tenants = sqliteTable("tenants", {
  id: text("id").primaryKey(),
  name: text("name").notNull().unique(),
  createdAt: createdAt(),
});

/** API keys. The secret itself is shown once; here is its SHA-256. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** What a list may show: the readable start of the key. */
    prefix: text("prefix").notNull(),
    /** SHA-256 of the secret (32 random bytes, so no slow hash is needed), hexadecimal. */
    secretHash: text("secret_hash").notNull(),
    scopes: text("scopes", { mode: "json" }).$type<string[]>().notNull(),
    createdAt: createdAt(),
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique("api_keys_name").on(t.tenantId, t.name)],
);

/** A gallery of subjects whose templates all come from one model. `head` is the last sequence of its log. */
export const collections = sqliteTable(
  "collections",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    modelId: text("model_id").notNull(),
    head: integer("head").notNull().default(0),
    templateCount: integer("template_count").notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // One search shard holds a collection; 100,000 templates of 512 bytes are what fits beside the code in its 128 MB.
    check("collections_full", sql`${t.templateCount} <= 100000`),
  ],
);

/** One person. */
export const subjects = sqliteTable(
  "subjects",
  {
    tenantId: text("tenant_id").notNull(),
    id: text("id").notNull(),
    collectionId: text("collection_id").notNull(),
    externalId: text("external_id"),
    name: text("name"),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique("subjects_in_collection").on(t.tenantId, t.collectionId, t.id),
    unique("subjects_external_id").on(t.tenantId, t.collectionId, t.externalId),
    foreignKey({ columns: [t.tenantId, t.collectionId], foreignColumns: [collections.tenantId, collections.id] }),
  ],
);

/** One face of a subject: an int8 vector; vector × scale is a unit vector. */
export const templates = sqliteTable(
  "templates",
  {
    tenantId: text("tenant_id").notNull(),
    id: text("id").notNull(),
    collectionId: text("collection_id").notNull(),
    subjectId: text("subject_id").notNull(),
    modelId: text("model_id").notNull(),
    vector: int8Vector("vector").notNull(),
    scale: real("scale").notNull(),
    quality: real("quality").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("templates_of_subject").on(t.tenantId, t.collectionId, t.subjectId),
    foreignKey({
      columns: [t.tenantId, t.collectionId, t.subjectId],
      foreignColumns: [subjects.tenantId, subjects.collectionId, subjects.id],
    }),
  ],
);

/** The collection's log: what the search shard replays. It holds no biometric data. */
export const galleryLog = sqliteTable(
  "gallery_log",
  {
    tenantId: text("tenant_id").notNull(),
    collectionId: text("collection_id").notNull(),
    sequence: integer("sequence").notNull(),
    change: text("change", { enum: ["added", "removed", "moved"] }).notNull(),
    templateId: text("template_id").notNull(),
    subjectId: text("subject_id").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.collectionId, t.sequence] }),
    foreignKey({ columns: [t.tenantId, t.collectionId], foreignColumns: [collections.tenantId, collections.id] }),
  ],
);

/**
 * Erasures that the collection's shard has not confirmed: it must apply its log up to `head`, or, where the whole
 * collection was deleted (this row is its tombstone then), forget everything.
 */
export const erasures = sqliteTable(
  "erasures",
  {
    tenantId: text("tenant_id").notNull(),
    collectionId: text("collection_id").notNull(),
    head: integer("head").notNull(),
    whole: integer("whole", { mode: "boolean" }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.collectionId] })],
);

/** The answers of mutations that carried an idempotency key, kept for a day. No picture and no vector is in them. */
export const idempotency = sqliteTable(
  "idempotency",
  {
    tenantId: text("tenant_id").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the mutation's name and arguments, hexadecimal: the same key with other arguments is a conflict. */
    fingerprint: text("fingerprint").notNull(),
    outcome: text("outcome", { mode: "json" }).$type<unknown>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.key] }), index("idempotency_age").on(t.createdAt)],
);

/** Who changed what, written in the change's own batch. */
export const audit = sqliteTable(
  "audit",
  {
    tenantId: text("tenant_id").notNull(),
    id: text("id").notNull(),
    /** The API key that asked. Null: the operator's command line. */
    keyId: text("key_id"),
    action: text("action").notNull(),
    target: text("target").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index("audit_by_key").on(t.tenantId, t.keyId, t.createdAt)],
);
