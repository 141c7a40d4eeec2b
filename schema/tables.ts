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
 * The tables in D1. Every key starts with the tenant, so a query that omits a condition cannot return another tenant's rows.
 * D1 has no interactive transactions: a change is one batch. Constraints guard a batch, because a violated constraint rolls it back.
 */

/** Signed bytes. D1 returns a blob as an array of unsigned numbers. */
const int8Vector = customType<{ data: Int8Array; driverData: Uint8Array | number[] }>({
  dataType: () => "blob",
  toDriver: (vector) => new Uint8Array(vector.buffer, vector.byteOffset, vector.length),
  fromDriver: (bytes) => Int8Array.from(bytes),
});

const createdAt = () => integer("created_at", { mode: "timestamp_ms" }).notNull();

/** One customer. Every row of the other tables belongs to exactly one tenant. */
export const tenants = sqliteTable("tenants", {
  id: text("id").primaryKey(),
  name: text("name").notNull().unique(),
  createdAt: createdAt(),
});

/** API keys. The secret is shown once; only its SHA-256 is stored. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** The readable start of the key, which lists of keys show. */
    prefix: text("prefix").notNull(),
    /** SHA-256 of the secret (32 random bytes, so no slow hash is needed), hexadecimal. */
    secretHash: text("secret_hash").notNull(),
    scopes: text("scopes", { mode: "json" }).$type<string[]>().notNull(),
    createdAt: createdAt(),
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique("api_keys_name").on(t.tenantId, t.name)],
);

/** A gallery of subjects. All its templates come from one model. `head` is the last sequence number of its log. */
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
    // One search shard holds one collection. 100,000 templates of 512 bytes fit in its 128 MB beside the code.
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

/** One face of a subject, as an int8 vector: vector × scale is a unit vector. */
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
 * The gallery log of a collection. The search shard replays it. It holds no biometric data.
 *
 * `mark` is random (53 bits). Two entries with the same sequence number and mark are the same entry, and all entries before them
 * are the same too. A database that was restored and then written to has other marks. Entries older than this column have mark 0.
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
 * Erasures that the collection's shard has not confirmed yet. The shard must apply the gallery log up to `head`. If `whole` is true,
 * the collection was deleted (this row is its tombstone), and the shard must delete everything.
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

/** Responses of mutations that had an idempotency key, stored for a day. They contain no picture and no vector. */
export const idempotency = sqliteTable(
  "idempotency",
  {
    tenantId: text("tenant_id").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the mutation's name and arguments, hexadecimal. The same key with other arguments is a conflict. */
    fingerprint: text("fingerprint").notNull(),
    outcome: text("outcome", { mode: "json" }).$type<unknown>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.key] }), index("idempotency_age").on(t.createdAt)],
);

/** The audit log: which API key changed what. A row is written in the same batch as the change. */
export const audit = sqliteTable(
  "audit",
  {
    tenantId: text("tenant_id").notNull(),
    id: text("id").notNull(),
    /** The API key of the request. Null if the operator's command line or the job's workflow made the change. */
    keyId: text("key_id"),
    action: text("action").notNull(),
    target: text("target").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index("audit_by_key").on(t.tenantId, t.keyId, t.createdAt)],
);

/** A row for each object in R2. The row is written before the object, so R2 has no object without a row. */
export const blobs = sqliteTable(
  "blobs",
  {
    tenantId: text("tenant_id").notNull(),
    /** The object's key in R2; it starts with the tenant's id. */
    key: text("key").notNull(),
    contentType: text("content_type").notNull(),
    /** SHA-256 of the bytes, hexadecimal. */
    sha256: text("sha256").notNull(),
    bytes: integer("bytes").notNull(),
    /** Size of a picture, in pixels. Null for other files. */
    width: integer("width"),
    height: integer("height"),
    createdAt: createdAt(),
    /** When the object is deleted. Null if it is deleted together with the row that references it. */
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.key] }), index("blobs_expiry").on(t.expiresAt)],
);

/** Losses at a step: `[step, total, content, style]`. */
export type LossRow = [step: number, total: number, content: number, style: number];

/** Blob keys of the artifacts of a job. */
export type Delivered = Partial<Record<"result" | "net" | "thumbnail", string>>;

/**
 * Jobs: optimizations and trainings. Each write increments `version` and takes effect only if the job still has the version that was
 * read. Its audit row is written in the same batch, if and only if the write took effect.
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
    /** Every write increments it. Subscribers compare it to notice a change. */
    version: integer("version").notNull().default(1),
    attempt: integer("attempt").notNull().default(0),
    /** The sequence number of the last report or artifact of this attempt. */
    sequence: integer("sequence").notNull().default(0),
    /** The work (`schema/protocol/dispatch.ts`, StoredWork): like the dispatched work, with blob keys instead of signed URLs. */
    work: text("work", { mode: "json" }).$type<unknown>().notNull(),
    step: integer("step").notNull().default(0),
    steps: integer("steps").notNull().default(0),
    losses: text("losses", { mode: "json" }).$type<LossRow[]>().notNull().default([]),
    provider: text("provider"),
    /** Blob keys. Another attempt resumes from the checkpoint, which is the state after `checkpoint_step`. */
    previewKey: text("preview_key"),
    checkpointKey: text("checkpoint_key"),
    checkpointStep: integer("checkpoint_step"),
    /** Other artifacts that this attempt has put: the blob key by the artifact's name. The report `succeeded` turns them into the result. */
    delivered: text("delivered", { mode: "json" }).$type<Delivered>().notNull().default({}),
    resultKey: text("result_key"),
    /** The style that a training produced. */
    styleId: text("style_id"),
    error: text("error"),
    /** Why the last dispatch failed, for a person. Null if the job service accepted it, or if nothing was dispatched yet. */
    dispatchError: text("dispatch_error"),
    webhook: text("webhook"),
    /** Why the last try to deliver the webhook failed, for a person. */
    webhookError: text("webhook_error"),
    /** When the webhook was delivered, or its last try failed. Null if it is still to be delivered, or if there is no webhook. */
    webhookSettledAt: integer("webhook_settled_at", { mode: "timestamp_ms" }),
    /** The schedule does not wake the job's workflow before this time, because the workflow waits or was woken just now. */
    quietUntil: integer("quiet_until", { mode: "timestamp_ms" }),
    createdAt: createdAt(),
    deadlineAt: integer("deadline_at", { mode: "timestamp_ms" }).notNull(),
    /** The last report of this attempt, or its start. Null before the first attempt, and if the attempt failed and another one follows. */
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

/** Styles that a tenant trained. The styles that come with the product are static assets. */
export const styles = sqliteTable(
  "styles",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    jobId: text("job_id").notNull(),
    /** Keys of blobs that do not expire: the net (ONNX), the painting and its thumbnail. */
    netKey: text("net_key").notNull(),
    paintingKey: text("painting_key").notNull(),
    thumbnailKey: text("thumbnail_key").notNull(),
    /** SHA-256 of the net, hexadecimal. */
    netSha256: text("net_sha256").notNull(),
    /** Properties of the net that are not in its file (`schema/protocol/style.ts`, NetTraits). */
    traits: text("traits", { mode: "json" }).$type<unknown>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique("styles_of_job").on(t.tenantId, t.jobId)],
);
