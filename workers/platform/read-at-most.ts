/**
 * The bytes of a stream; undefined, and no more is read, where there are more than `limit`. The rest is then cancelled, or left to
 * be read by somebody else.
 */
export async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  rest: "cancel" | "leave" = "cancel",
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      // Nobody waits for the sender to notice.
      if (rest === "cancel") reader.cancel().catch(() => {});
      else reader.releaseLock();
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

/** Reads the rest of a stream and keeps nothing of it, for at most `limitMs`. */
export async function discardRest(stream: ReadableStream<Uint8Array>, limitMs: number): Promise<void> {
  const reader = stream.getReader();
  const over = setTimeout(() => reader.cancel().catch(() => {}), limitMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The sender has gone.
  } finally {
    clearTimeout(over);
  }
}
