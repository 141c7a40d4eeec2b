import { and, eq, lt, sql } from "drizzle-orm";
import { blobs } from "../../schema/tables.ts";
import type { Database } from "./database.ts";

/** The metadata of an object in R2. It is known before the object is written. */
export interface BlobInfo {
  tenantId: string;
  /** Starts with the tenant's ID. */
  key: string;
  contentType: string;
  /** SHA-256 of the bytes, hexadecimal. */
  sha256: string;
  bytes: number;
  /** In pixels, for images only. */
  width?: number | null;
  height?: number | null;
  /** Null if the object has no expiry: it is deleted together with its owner, such as a style. */
  expiresAt: Date | null;
}

/** The bytes do not match their SHA-256. */
export class WrongBytesError extends Error {
  override name = "WrongBytesError";
}

/** The storage of images and nets. An interface, so that a test can let a write fail. */
export interface Blobs {
  /**
   * Inserts the row in D1, then writes the object to R2. Rejects if the bytes do not match the hash ({@link WrongBytesError}) or
   * cannot be written; then no object is stored under the key. The length of a stream must be `bytes`.
   */
  put(info: BlobInfo, body: Uint8Array | ReadableStream<Uint8Array>): Promise<void>;
  /** The metadata of an object; undefined if the object does not exist or has expired. */
  info(tenantId: string, key: string): Promise<BlobInfo | undefined>;
  /** The bytes of an object; undefined if it does not exist. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Streams an object or a part of it; undefined if the object does not exist. */
  stream(key: string, part?: { offset: number; length: number }): Promise<ReadableStream<Uint8Array> | undefined>;
  delete(tenantId: string, keys: readonly string[]): Promise<void>;
  /**
   * Deletes at most `limit` expired objects and returns their number. Deletes each row after its object, so that a failure leaves no
   * object without a row.
   */
  deleteExpired(limit: number): Promise<number>;
}

export function openBlobs(bucket: R2Bucket, db: Database, clock: () => number): Blobs {
  const ofKey = (tenantId: string, key: string) => and(eq(blobs.tenantId, tenantId), eq(blobs.key, key));

  /** Deletes objects, then their rows in one batch. */
  async function remove(targets: readonly { tenantId: string; key: string }[]): Promise<void> {
    const [first, ...rest] = targets.map(({ tenantId, key }) => db.delete(blobs).where(ofKey(tenantId, key)));
    if (!first) return;
    await bucket.delete(targets.map(({ key }) => key));
    await db.batch([first, ...rest]);
  }

  return {
    async put({ width = null, height = null, ...info }, body) {
      const row = { ...info, width, height, createdAt: new Date(clock()) };
      await db
        .insert(blobs)
        .values(row)
        .onConflictDoUpdate({ target: [blobs.tenantId, blobs.key], set: row });
      try {
        await bucket.put(info.key, body, { sha256: info.sha256, httpMetadata: { contentType: info.contentType } });
      } catch (error) {
        await db.delete(blobs).where(ofKey(info.tenantId, info.key));
        throw isMismatch(error) ? new WrongBytesError("The bytes of the object do not match its SHA-256.") : error;
      }
    },

    async info(tenantId, key) {
      const row = await db.select().from(blobs).where(ofKey(tenantId, key)).get();
      return row && (row.expiresAt === null || row.expiresAt.getTime() > clock()) ? row : undefined;
    },

    async read(key) {
      const object = await bucket.get(key);
      return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
    },

    async stream(key, part) {
      const object = await bucket.get(key, part ? { range: part } : {});
      return object?.body;
    },

    delete: (tenantId, keys) => remove(keys.map((key) => ({ tenantId, key }))),

    async deleteExpired(limit) {
      const expired = await db
        .select({ tenantId: blobs.tenantId, key: blobs.key })
        .from(blobs)
        .where(lt(blobs.expiresAt, new Date(clock())))
        .orderBy(sql`${blobs.expiresAt}`)
        .limit(limit);
      await remove(expired);
      return expired.length;
    },
  };
}

/** R2's error 10037, BadDigest. https://developers.cloudflare.com/r2/api/error-codes/ */
const isMismatch = (error: unknown): boolean =>
  error instanceof Error && /\(10037\)|checksum you specified did not match/i.test(error.message);
