import { freeBytes } from "./held-body.ts";

/** A body of at most so many bytes takes no room, so it never waits. */
export const SMALL_BODY_BYTES = 64 * 1024;
/** A body must arrive within so long: others may be waiting for its room. */
const MAX_ARRIVAL_MS = 60_000;

/**
 * The bytes of a request's body; undefined where there are more than `maxBytes`. Before a larger body than a small one is read,
 * `makeRoom` is awaited for as many bytes as it has by its Content-Length, or may have where that is not given.
 *
 * The body is read into one buffer. Other readers are given pieces of 4 kB by workerd, each with a kilobyte of objects around it.
 */
export async function readBody(
  { body, headers }: Request,
  maxBytes: number,
  makeRoom: (bytes: number) => Promise<void>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!body) return new Uint8Array();
  let most = Math.min(maxBytes, Number(headers.get("content-length") ?? SMALL_BODY_BYTES));
  if (most > SMALL_BODY_BYTES) await makeRoom(most);
  // With a byte to spare, so that a body that fills its buffer is seen to end.
  let buffer = new ArrayBuffer(most + 1);
  let length = 0;
  const reader = body.getReader({ mode: "byob" });
  let late = false;
  const patience = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, MAX_ARRIVAL_MS);
  try {
    for (;;) {
      // The buffer is handed over, and comes back with what was read.
      const { done, value } = await reader.read(new Uint8Array(buffer, length));
      if (late) throw new Error(`It did not arrive within ${MAX_ARRIVAL_MS / 1_000} s.`);
      if (value) buffer = value.buffer;
      if (done) return new Uint8Array(buffer, 0, length);
      length += value.length;
      if (length <= most) continue;
      if (most === maxBytes) {
        freeBytes(value);
        return undefined;
      }
      most = maxBytes;
      await makeRoom(most);
      buffer = buffer.transfer(most + 1);
    }
  } finally {
    clearTimeout(patience);
    reader.releaseLock();
  }
}
