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

/**
 * The collection's log: what the search shard replays. It holds no biometric data.
 *
 * `mark` is random (53 bits), so an entry with the same sequence and mark is the same entry, and the entries before it are
 * the same too. A database that was restored and written to again has other marks. Entries from before this column have 0.
 */
export const galleryLog = sqliteTable(
  "gallery_log",
  {
    tenantId: text("tenant_id").notNull(),
    collectionId: text("collection_id").notNull(),
    sequence: integer("sequence").notNull(),
    mark: integer("mark").notNull().default(0),
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
    /** The API key that asked. Null: the operator's command line, or a job that went its way. */
    keyId: text("key_id"),
    action: text("action").notNull(),
    target: text("target").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index("audit_by_key").on(t.tenantId, t.keyId, t.createdAt)],
);

/** What is kept in R2: a row for each object, written before it, so that none is there that nobody knows of. */
export const blobs = sqliteTable(
  "blobs",
  {
    tenantId: text("tenant_id").notNull(),
    /** The object's key in R2; it begins with the tenant. */
    key: text("key").notNull(),
    contentType: text("content_type").notNull(),
    /** SHA-256 of its bytes, hexadecimal. */
    sha256: text("sha256").notNull(),
    bytes: integer("bytes").notNull(),
    /** Of a picture, in pixels. */
    width: integer("width"),
    height: integer("height"),
    createdAt: createdAt(),
    /** When it is deleted; null: with what it belongs to. */
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.key] }), index("blobs_expiry").on(t.expiresAt)],
);

/** Losses at a step: `[step, total, content, style]`. */
export type LossRow = [step: number, total: number, content: number, style: number];

/** Keys of blobs. */
export type Delivered = Partial<Record<"result" | "net" | "thumbnail", string>>;

/**
 * Optimisations and trainings. Each write raises `version` and is guarded by the state and the attempt that it goes out from;
 * its audit row is written in the same batch, if and only if it took effect.
 */
export const jobs = sqliteTable(
  "jobs",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text("id").notNull(),
    kind: text("kind", { enum: ["optimizeStyle", "trainStyle"] }).notNull(),
    state: text("state", {
      enum: ["QUEUED", "DISPATCHED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"],
    })
      .notNull()
      .default("QUEUED"),
    /** Raised by every write: what subscribers compare. */
    version: integer("version").notNull().default(1),
    attempt: integer("attempt").notNull().default(0),
    /** The last sequence number that this attempt's reports had. */
    sequence: integer("sequence").notNull().default(0),
    /** What is to be done (`schema/protocol/dispatch.ts`, Work), with keys of blobs where the container gets addresses. */
    work: text("work", { mode: "json" }).$type<unknown>().notNull(),
    step: integer("step").notNull().default(0),
    steps: integer("steps").notNull().default(0),
    losses: text("losses", { mode: "json" }).$type<LossRow[]>().notNull().default([]),
    provider: text("provider"),
    /** Keys of blobs. A checkpoint is a picture that another attempt goes on from, with the step it is of. */
    previewKey: text("preview_key"),
    checkpointKey: text("checkpoint_key"),
    checkpointStep: integer("checkpoint_step"),
    /** What this attempt has put beside those, until it says that it has succeeded: a blob's key by the artifact's name. */
    delivered: text("delivered", { mode: "json" }).$type<Delivered>().notNull().default({}),
    resultKey: text("result_key"),
    /** The style that a training made. */
    styleId: text("style_id"),
    error: text("error"),
    /** Why the job service did not take the attempt at the last try, for a person; null: it took it, or was not asked yet. */
    dispatchError: text("dispatch_error"),
    webhook: text("webhook"),
    /** Why the webhook was not delivered at the last try, for a person. */
    webhookError: text("webhook_error"),
    /** When the webhook was delivered, or given up; null: it has still to be delivered, or there is none. */
    webhookSettledAt: integer("webhook_settled_at", { mode: "timestamp_ms" }),
    /** The schedule does not wake the job's Workflow before then: it waits, or was woken just now. */
    quietUntil: integer("quiet_until", { mode: "timestamp_ms" }),
    createdAt: createdAt(),
    deadlineAt: integer("deadline_at", { mode: "timestamp_ms" }).notNull(),
    /** The last time that the container was heard of in this attempt; null: it has given the attempt up. */
    reportedAt: integer("reported_at", { mode: "timestamp_ms" }),
    startedAt: integer("started_at", { mode: "timestamp_ms" }),
    finishedAt: integer("finished_at", { mode: "timestamp_ms" }),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("jobs_by_state").on(t.tenantId, t.state, t.id),
    index("jobs_unfinished").on(t.finishedAt, t.deadlineAt),
    index("jobs_webhook_pending")
      .on(t.finishedAt)
      .where(sql`${t.webhook} is not null and ${t.webhookSettledAt} is null`),
  ],
);

/** Styles that were trained for a tenant. Those that come with the product are static assets. */
export const styles = sqliteTable(
  "styles",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    jobId: text("job_id").notNull(),
    /** Keys of blobs that do not expire: the net (ONNX), the painting, its thumbnail. */
    netKey: text("net_key").notNull(),
    paintingKey: text("painting_key").notNull(),
    thumbnailKey: text("thumbnail_key").notNull(),
    /** SHA-256 of the net, hexadecimal. */
    netSha256: text("net_sha256").notNull(),
    /** What must be known of the net beside its file (`schema/protocol/style.ts`, NetTraits). */
    traits: text("traits", { mode: "json" }).$type<unknown>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique("styles_of_job").on(t.tenantId, t.jobId)],
);
