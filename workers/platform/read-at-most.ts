/**
 * Reads a stream. Returns undefined if it has more than `limit` bytes, after it passes the rest to `discard`. Default: cancel the
 * stream.
 */
export async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  discard = cancel,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      reader.releaseLock();
      discard(stream);
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Does not wait until the sender notices. */
const cancel = (rest: ReadableStream<Uint8Array>): void => void rest.cancel().catch(() => {});
