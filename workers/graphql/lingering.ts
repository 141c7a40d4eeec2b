import type { Plugin } from "graphql-yoga";
import { MAX_BODY_BYTES } from "./body.ts";

/** How much of a refused body is discarded before the connection may be cut, in bytes and in milliseconds. */
const MOST_DISCARDED = 2 * MAX_BODY_BYTES;
const MOST_WAITED = 5_000;

/**
 * Lets a client that is refused while it still sends read its answer. workerd closes the connection as soon as the answer is over,
 * and a connection that is closed with bytes unread is reset (RFC 9293, section 3.10.7.1), which destroys an answer that was not
 * read yet. So the answer is sent at once, but ends only when the rest of the body was discarded: nothing of it is kept.
 * The same is nginx's `lingering_close`.
 */
export const lingering = (): Plugin => ({
  onResponse({ request, response, setResponse }) {
    const { body: rest } = request;
    if (response.ok || !response.body || !rest || rest.locked) return;
    setResponse(new Response(response.body.pipeThrough(endingAfter(() => discard(rest))), response));
  },
});

const endingAfter = (last: () => Promise<void>) => new TransformStream<Uint8Array, Uint8Array>({ flush: last });

async function discard(rest: ReadableStream<Uint8Array>): Promise<void> {
  // `wrangler dev` wraps the Worker in a middleware that discards what is left of a body itself, once the answer has begun.
  if (rest.locked) return;
  const reader = rest.getReader();
  const patience = setTimeout(() => void reader.cancel().catch(() => {}), MOST_WAITED);
  try {
    let discarded = 0;
    for (let next = await reader.read(); !next.done && discarded < MOST_DISCARDED; next = await reader.read()) {
      discarded += next.value.length;
    }
  } catch {
    // The client has left.
  } finally {
    clearTimeout(patience);
    reader.cancel().catch(() => {});
  }
}
