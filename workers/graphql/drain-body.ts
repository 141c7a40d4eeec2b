import type { Plugin } from "graphql-yoga";
import { MAX_BODY_BYTES } from "./body.ts";

/** The limits for discarding a refused body, in bytes and milliseconds. After them the connection can be closed. */
const MAX_DISCARDED_BYTES = 2 * MAX_BODY_BYTES;
const MAX_WAIT_MS = 5_000;

/**
 * Lets a client read an error response while it is still sending its body. workerd closes the connection when the response ends. TCP
 * resets a connection that is closed with unread bytes (RFC 9293, section 3.10.7.1), and then the client can lose the response. So the
 * response is sent immediately, but it ends only after the rest of the body has been discarded. nginx does the same with
 * `lingering_close`.
 */
export const drainBody = (): Plugin => ({
  onResponse({ request, response, setResponse }) {
    const { body: rest } = request;
    if (response.ok || !response.body || !rest || rest.locked) return;
    setResponse(new Response(response.body.pipeThrough(thenRun(() => discard(rest))), response));
  },
});

const thenRun = (action: () => Promise<void>) => new TransformStream<Uint8Array, Uint8Array>({ flush: action });

async function discard(rest: ReadableStream<Uint8Array>): Promise<void> {
  // `wrangler dev` adds a middleware that discards the rest of a body itself once the response has started.
  if (rest.locked) return;
  const reader = rest.getReader();
  const timeout = setTimeout(() => void reader.cancel().catch(() => {}), MAX_WAIT_MS);
  try {
    let discarded = 0;
    for (let next = await reader.read(); !next.done && discarded < MAX_DISCARDED_BYTES; next = await reader.read()) {
      discarded += next.value.length;
    }
  } catch {
    // The client has disconnected.
  } finally {
    clearTimeout(timeout);
    reader.cancel().catch(() => {});
  }
}
