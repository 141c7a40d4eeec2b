import { freeBytes } from "./body-memory.ts";

/** A body of at most this size needs no reservation, so it never waits. */
export const SMALL_BODY_BYTES = 64 * 1024;
/** A body must arrive within this time, because other requests can be waiting for its memory. */
const MAX_ARRIVAL_MS = 60_000;

/**
 * Reads the body of a request. Returns undefined if it has more than `maxBytes`. Before it reads a body larger than
 * {@link SMALL_BODY_BYTES}, it reserves memory for the Content-Length, or for `maxBytes` if there is no Content-Length.
 *
 * The body is read into one buffer with a BYOB reader. A default reader gets chunks of 4 kB from workerd, each with about 1 kB of
 * objects.
 */
export async function readBody(
  { body, headers }: Request,
  maxBytes: number,
  reserve: (bytes: number) => Promise<void>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!body) return new Uint8Array();
  let capacity = Math.min(maxBytes, Number(headers.get("content-length") ?? SMALL_BODY_BYTES));
  if (capacity > SMALL_BODY_BYTES) await reserve(capacity);
  // One byte more than expected, so that the reader detects the end of a body of exactly this size.
  let buffer = new ArrayBuffer(capacity + 1);
  let length = 0;
  const reader = body.getReader({ mode: "byob" });
  let timedOut = false;
  const timeout = setTimeout(() => {
    timedOut = true;
    reader.cancel().catch(() => {});
  }, MAX_ARRIVAL_MS);
  try {
    for (;;) {
      // The buffer is transferred to the reader and returned with the bytes.
      const { done, value } = await reader.read(new Uint8Array(buffer, length));
      if (timedOut)
        throw new Error(
          `It did not arrive within ${MAX_ARRIVAL_MS / 1_000} seconds. Try again on a faster connection.`,
        );
      if (value) buffer = value.buffer;
      if (done) return new Uint8Array(buffer, 0, length);
      length += value.length;
      if (length <= capacity) continue;
      if (capacity === maxBytes) {
        freeBytes(value);
        return undefined;
      }
      capacity = maxBytes;
      await reserve(capacity);
      buffer = buffer.transfer(capacity + 1);
    }
  } finally {
    clearTimeout(timeout);
    reader.releaseLock();
  }
}
