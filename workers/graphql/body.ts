import { GraphQLError } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import type { Semaphore } from "../platform/semaphore.ts";
import { type BodyMemory, createBodyMemory, freeBytes } from "./body-memory.ts";
import { type RequestState, unauthenticated } from "./context.ts";
import { requestError } from "./errors.ts";
import { checkStructure, readJson } from "./json.ts";
import { MAX_DOCUMENT_LENGTH } from "./limits.ts";
import { readMultipart } from "./multipart.ts";
import { readBody } from "./read-body.ts";

/** Two uploads of 20 MB and the rest of the multipart body. Two pictures of 10 MB take 28 MB as base64. */
export const MAX_BODY_BYTES = 42 * 1024 * 1024;
/** The maximum size of a body of a media type that carries no pictures. */
const MAX_TEXT_BYTES = 2 * MAX_DOCUMENT_LENGTH;

/** How to read a body of one media type. */
interface BodyFormat {
  maxBytes: number;
  /** The memory that reading takes, as a multiple of the size of the body. */
  memoryFactor: number;
  parse(bytes: Uint8Array<ArrayBuffer>, request: Request): unknown;
}

/** First the bytes, and the text at two bytes per character; then the text, and the strings parsed from it. */
const TEXT = { memoryFactor: 3 };
const JSON_BODY: BodyFormat = {
  ...TEXT,
  maxBytes: MAX_BODY_BYTES,
  parse(bytes) {
    checkStructure(bytes);
    return JSON.parse(textOf(bytes));
  },
};

const FORMATS: Readonly<Record<string, BodyFormat>> = {
  "application/json": JSON_BODY,
  "application/graphql+json": JSON_BODY,
  // The files are views of the body, not copies.
  "multipart/form-data": { memoryFactor: 1, maxBytes: MAX_BODY_BYTES, parse: readMultipart },
  "application/graphql": { ...TEXT, maxBytes: MAX_TEXT_BYTES, parse: (bytes) => ({ query: textOf(bytes) }) },
  "application/x-www-form-urlencoded": {
    ...TEXT,
    maxBytes: MAX_TEXT_BYTES,
    parse: (bytes) => parametersOf(new URLSearchParams(textOf(bytes))),
  },
};

/**
 * Reads a request body. Refuses bodies that are too large or are not GraphQL requests. If Content-Length is present, HTTP framing
 * limits the body to it (RFC 9112, section 6.3). The bytes of a body without Content-Length are counted as they arrive.
 *
 * A large body reserves memory before it is read and releases it after the response, because the values parsed from it are in use
 * until then. Nothing of the body is read before the reservation, so TCP flow control pauses the sender.
 */
export const body = (semaphore: Semaphore): Plugin<object, RequestState> => ({
  onRequestParse({ request, serverContext: state, setRequestParser }) {
    const read = readerFor(request);
    if (!read) {
      if (request.method === "POST") throw unsupported();
      return;
    }
    if (!(Number(request.headers.get("content-length") ?? 0) <= MAX_BODY_BYTES)) throw tooLarge(MAX_BODY_BYTES);
    setRequestParser(async (original) => {
      try {
        return operationIn(await read(original, await createMemory(state, semaphore)));
      } catch (error) {
        throw requestErrorFrom(error);
      }
    });
  },
  onResponse({ request, serverContext: { bodyMemory } }) {
    // If the client has disconnected, work can continue after the response and still use the memory. Garbage collection frees it later.
    if (!request.signal.aborted) bodyMemory?.release();
  },
});

async function createMemory(state: RequestState, semaphore: Semaphore): Promise<BodyMemory> {
  const principal = await state.authentication;
  if (!principal) throw unauthenticated();
  state.bodyMemory = createBodyMemory(semaphore, principal.tenantId);
  return state.bodyMemory;
}

function readerFor(request: Request): ((request: Request, memory: BodyMemory) => Promise<unknown>) | undefined {
  if (request.method === "GET") return async () => parametersOf(new URL(request.url).searchParams);
  const [mediaType = ""] = (request.headers.get("content-type") ?? "").split(/[;,]/);
  const format = request.method === "POST" ? FORMATS[mediaType.trim().toLowerCase()] : undefined;
  return format && ((original, memory) => readAs(format, original, memory));
}

async function readAs(
  { maxBytes, memoryFactor, parse }: BodyFormat,
  request: Request,
  memory: BodyMemory,
): Promise<unknown> {
  const bytes = await readBody(request, maxBytes, (size) => memory.reserve(memoryFactor * size));
  // The plugin `drainBody` discards the rest of the body.
  if (!bytes) throw tooLarge(maxBytes);
  memory.setBytes(bytes);
  return parse(bytes, request);
}

/** Decodes the text and frees its bytes. */
function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  const text = new TextDecoder().decode(bytes);
  freeBytes(bytes);
  return text;
}

/** Checks that the body is one operation: batches are not supported. Yoga and the executor check its content. */
function operationIn(value: unknown): GraphQLParams {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SyntaxError("It must be one JSON object with the field query. Batches are not supported.");
}

/** The readers process only what the client sent, so every failure is an error of the client. */
function requestErrorFrom(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const reason = error instanceof Error ? error.message : "Its body is malformed.";
  return requestError("BAD_REQUEST", `The request cannot be read. ${reason}`);
}

const unsupported = () =>
  requestError(
    "UNSUPPORTED_MEDIA_TYPE",
    "The media type is not supported. Send the request as application/json, or as multipart/form-data to upload files.",
  );

const tooLarge = (bytes: number) =>
  requestError(
    "REQUEST_ENTITY_TOO_LARGE",
    bytes < MAX_BODY_BYTES
      ? `The request body is too large. The limit for this media type is ${bytes / 1_000} kB. Send application/json instead.`
      : "The request body is too large. The limit is 42 MB. Send smaller pictures, or fewer per request.",
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
