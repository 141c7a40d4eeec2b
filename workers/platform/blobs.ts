import { and, eq, lt, sql } from "drizzle-orm";
import { blobs } from "../../schema/tables.ts";
import type { Database } from "./database.ts";

/** What an object is, known before it is written. */
export interface BlobInfo {
  tenantId: string;
  /** Begins with the tenant's id. */
  key: string;
  contentType: string;
  /** SHA-256 of the bytes, hexadecimal. */
  sha256: string;
  bytes: number;
  /** Of a picture, in pixels. */
  width?: number | null;
  height?: number | null;
  /** Null: it is kept until what it belongs to is deleted. */
  expiresAt: Date | null;
}

/** What was to be stored is not what its hash is of. */
export class WrongBytesError extends Error {
  override name = "WrongBytesError";
}

/** Where pictures and nets are kept: a port, so that a test can let a write fail. */
export interface Blobs {
  /**
   * Notes the object in D1, then writes it. Rejects, and nothing is to be found under the key, where the bytes are not those that
   * the hash is of ({@link WrongBytesError}), or cannot be written. A stream must be as long as `bytes` says.
   */
  put(info: BlobInfo, body: Uint8Array | ReadableStream<Uint8Array>): Promise<void>;
  /** What is known of an object that is there and has not expired. */
  info(tenantId: string, key: string): Promise<BlobInfo | undefined>;
  /** The object's bytes; undefined where it is not there. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** A part of the object's bytes, or all, as they come; undefined where it is not there. */
  stream(key: string, part?: { offset: number; length: number }): Promise<ReadableStream<Uint8Array> | undefined>;
  delete(tenantId: string, keys: readonly string[]): Promise<void>;
  /** Deletes what has expired, at most so many; a row goes after its object, so that none is forgotten. */
  deleteExpired(limit: number): Promise<number>;
}

export function openBlobs(bucket: R2Bucket, db: Database, clock: () => number): Blobs {
  const ofKey = (tenantId: string, key: string) => and(eq(blobs.tenantId, tenantId), eq(blobs.key, key));

  /** The rows after their objects, in one batch. */
  async function remove(those: readonly { tenantId: string; key: string }[]): Promise<void> {
    const [first, ...rest] = those.map(({ tenantId, key }) => db.delete(blobs).where(ofKey(tenantId, key)));
    if (!first) return;
    await bucket.delete(those.map(({ key }) => key));
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
        throw isMismatch(error) ? new WrongBytesError("The bytes are not those that the hash is of.") : error;
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
      const gone = await db
        .select({ tenantId: blobs.tenantId, key: blobs.key })
        .from(blobs)
        .where(lt(blobs.expiresAt, new Date(clock())))
        .orderBy(sql`${blobs.expiresAt}`)
        .limit(limit);
      await remove(gone);
      return gone.length;
    },
  };
}

/** R2's error 10037, BadDigest. https://developers.cloudflare.com/r2/api/error-codes/ */
const isMismatch = (error: unknown): boolean =>
  error instanceof Error && /\(10037\)|checksum you specified did not match/i.test(error.message);
