/** The bytes of a stream; undefined where there are more than `limit`: `leave` decides what becomes of the rest. */
export async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  leave = cancelled,
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
      leave(stream);
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

/** Nobody waits for the sender to notice. */
const cancelled = (rest: ReadableStream<Uint8Array>): void => void rest.cancel().catch(() => {});
