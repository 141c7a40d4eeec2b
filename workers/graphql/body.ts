import { GraphQLError } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import type { Room } from "../platform/room.ts";
import { unauthenticated, type Visit } from "./context.ts";
import { refusal } from "./errors.ts";
import { freeBytes, type HeldBody, holdBody } from "./held-body.ts";
import { checkStructure, readJson } from "./json.ts";
import { MAX_DOCUMENT } from "./limits.ts";
import { readMultipart } from "./multipart.ts";
import { readBody } from "./read-body.ts";

/** Two uploads of 20 MB, with what is around them. As base64 two pictures of 10 MB take 28 MB. */
export const MAX_BODY_BYTES = 42 * 1024 * 1024;
/** Of a body that carries no picture. */
const MAX_FORM_BYTES = 2 * MAX_DOCUMENT;

/** How the body of a media type is read. */
interface BodyKind {
  maxBytes: number;
  /** How often its bytes are held at once while it is read. */
  timesHeld: number;
  parse(bytes: Uint8Array<ArrayBuffer>, request: Request): unknown;
}

/** Its bytes, and its text at two bytes a character; then its text, and the strings in it. */
const TEXT = { timesHeld: 3 };
const JSON_BODY: BodyKind = {
  ...TEXT,
  maxBytes: MAX_BODY_BYTES,
  parse(bytes) {
    checkStructure(bytes);
    return JSON.parse(textOf(bytes));
  },
};

const KINDS: Readonly<Record<string, BodyKind>> = {
  "application/json": JSON_BODY,
  "application/graphql+json": JSON_BODY,
  // Its files are parts of the body's bytes.
  "multipart/form-data": { timesHeld: 1, maxBytes: MAX_BODY_BYTES, parse: readMultipart },
  "application/graphql": { ...TEXT, maxBytes: MAX_FORM_BYTES, parse: (bytes) => ({ query: textOf(bytes) }) },
  "application/x-www-form-urlencoded": {
    ...TEXT,
    maxBytes: MAX_FORM_BYTES,
    parse: (bytes) => parametersOf(new URLSearchParams(textOf(bytes))),
  },
};

/**
 * Reads a request within limits, and refuses what is too large or no GraphQL request. Where Content-Length is given, HTTP's own
 * framing keeps the body to it (RFC 9112, section 6.3); a body without it is counted as it comes.
 *
 * A large body takes a part of `room` before it is read, and gives it back when it is answered: what was read of it is held so long.
 * Until there is room nothing of it is read, so that TCP holds its sender back.
 */
export const body = (room: Room): Plugin<object, Visit> => ({
  onRequestParse({ request, serverContext: visit, setRequestParser }) {
    const read = readerFor(request);
    if (!read) {
      if (request.method === "POST") throw unsupported();
      return;
    }
    if (!(Number(request.headers.get("content-length") ?? 0) <= MAX_BODY_BYTES)) throw tooLarge(MAX_BODY_BYTES);
    setRequestParser(async (original) => {
      try {
        return operationIn(await read(original, await holdFor(visit, room)));
      } catch (error) {
        throw refusalOf(error);
      }
    });
  },
  onResponse({ request, serverContext: { heldBody } }) {
    // Work for a client that has left may go on behind the answer. What it holds is collected later.
    if (!request.signal.aborted) heldBody?.release();
  },
});

async function holdFor(visit: Visit, room: Room): Promise<HeldBody> {
  const principal = await visit.authenticating;
  if (!principal) throw unauthenticated();
  visit.heldBody = holdBody(room, principal.tenantId);
  return visit.heldBody;
}

function readerFor(request: Request): ((request: Request, held: HeldBody) => Promise<unknown>) | undefined {
  if (request.method === "GET") return async () => parametersOf(new URL(request.url).searchParams);
  const [mediaType = ""] = (request.headers.get("content-type") ?? "").split(/[;,]/);
  const kind = request.method === "POST" ? KINDS[mediaType.trim().toLowerCase()] : undefined;
  return kind && ((original, held) => readAs(kind, original, held));
}

async function readAs({ maxBytes, timesHeld, parse }: BodyKind, request: Request, held: HeldBody): Promise<unknown> {
  const bytes = await readBody(request, maxBytes, (most) => held.takeRoom(timesHeld * most));
  // What is left of it is seen to when the answer is on its way.
  if (!bytes) throw tooLarge(maxBytes);
  held.keep(bytes);
  return parse(bytes, request);
}

/** Text in place of its bytes, which are gone afterwards. */
function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  const text = new TextDecoder().decode(bytes);
  freeBytes(bytes);
  return text;
}

/** One operation: several in one request are not served. What is in it, Yoga and the executor check. */
function operationIn(value: unknown): GraphQLParams {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SyntaxError("It must be one JSON object with a query.");
}

/** Readers look at nothing but what the client sent: whatever they stumble over is the client's. */
function refusalOf(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const why = error instanceof Error ? error.message : "It is not well formed.";
  return refusal("BAD_REQUEST", `The request cannot be read. ${why}`);
}

const unsupported = () =>
  refusal("UNSUPPORTED_MEDIA_TYPE", "A request is sent as application/json, or as multipart/form-data with files.");

const tooLarge = (bytes: number) =>
  refusal(
    "REQUEST_ENTITY_TOO_LARGE",
    bytes < MAX_BODY_BYTES
      ? `A request of this media type may have ${bytes / 1_000} kB. Send application/json.`
      : "The request is larger than 42 MB. Send smaller pictures, or fewer at once.",
  );

function parametersOf(parameters: URLSearchParams): unknown {
  const json = (name: string) => {
    const text = parameters.get(name);
    return text ? readJson(text) : undefined;
  };
  return {
    query: parameters.get("query") ?? undefined,
    operationName: parameters.get("operationName") ?? undefined,
    variables: json("variables"),
    extensions: json("extensions"),
  };
}
