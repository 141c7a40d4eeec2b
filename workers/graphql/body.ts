import { GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { readAtMost } from "../platform/read-at-most.ts";
import { refusal } from "./errors.ts";

/** Two uploads of 20 MB, with what is around them. As base64 two pictures of 10 MB take 28 MB. */
export const MAX_BODY_BYTES = 42 * 1024 * 1024;

const tooLarge = () =>
  refusal("REQUEST_ENTITY_TOO_LARGE", "The request is larger than 42 MB. Send smaller pictures, or fewer at once.");

/**
 * Refuses a body that is too large or is no GraphQL request. Where Content-Length is given, HTTP's own framing keeps the body
 * to it (RFC 9112, section 6.3); a body without it is counted as it comes.
 */
export const body = (): Plugin => ({
  onRequestParse({ request, requestParser, setRequestParser }) {
    const declared = request.headers.get("content-length");
    if (declared !== null && !(Number(declared) <= MAX_BODY_BYTES)) throw tooLarge();
    if (!requestParser) return;
    setRequestParser(async (original) => {
      const limited = declared === null && original.body ? await counted(original, original.body) : original;
      try {
        return await requestParser(limited);
      } catch (error) {
        // A parser reads nothing but what the client sent: whatever it stumbles over is the client's.
        const why = error instanceof GraphQLError ? error.message : "It is not well formed.";
        throw refusal("BAD_REQUEST", `The request cannot be read. ${why}`);
      }
    });
  },
});

async function counted(request: Request, stream: ReadableStream<Uint8Array>): Promise<Request> {
  const bytes = await readAtMost(stream, MAX_BODY_BYTES, "leave");
  if (!bytes) throw tooLarge();
  return new Request(request.url, { method: request.method, headers: request.headers, body: bytes });
}
