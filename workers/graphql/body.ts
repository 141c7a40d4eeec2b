import { MaxFileSizeExceededError, MaxTotalSizeExceededError } from "@remix-run/multipart-parser";
import { GraphQLError } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { readAtMost } from "../platform/read-at-most.ts";
import { refusal } from "./errors.ts";
import { readJson } from "./json.ts";
import { MAX_DOCUMENT } from "./limits.ts";
import { readMultipart } from "./multipart.ts";

/** Two uploads of 20 MB, with what is around them. As base64 two pictures of 10 MB take 28 MB. */
export const MAX_BODY_BYTES = 42 * 1024 * 1024;
/** Of a body that carries no picture. */
const MAX_FORM_BYTES = 2 * MAX_DOCUMENT;

/** How a body is read, by its media type. */
const READERS: Readonly<Record<string, (request: Request) => Promise<unknown>>> = {
  "application/json": async (request) => readJson(await textOf(request, MAX_BODY_BYTES)),
  "application/graphql+json": async (request) => readJson(await textOf(request, MAX_BODY_BYTES)),
  "multipart/form-data": (request) => readMultipart(request, MAX_BODY_BYTES),
  "application/graphql": async (request) => ({ query: await textOf(request, MAX_FORM_BYTES) }),
  "application/x-www-form-urlencoded": async (request) =>
    parametersOf(new URLSearchParams(await textOf(request, MAX_FORM_BYTES))),
};

/**
 * Reads a request within limits, and refuses what is too large or no GraphQL request. Where Content-Length is given, HTTP's own
 * framing keeps the body to it (RFC 9112, section 6.3); a body without it is counted as it comes.
 */
export const body = (): Plugin => ({
  onRequestParse({ request, setRequestParser }) {
    const read = readerFor(request);
    if (!read) {
      if (request.method === "POST") throw unsupported();
      return;
    }
    if (!(Number(request.headers.get("content-length") ?? 0) <= MAX_BODY_BYTES)) throw tooLarge(MAX_BODY_BYTES);
    setRequestParser(async (original) => {
      try {
        return operationIn(await read(original));
      } catch (error) {
        throw refusalOf(error);
      }
    });
  },
});

function readerFor(request: Request) {
  if (request.method === "GET") return async () => parametersOf(new URL(request.url).searchParams);
  const [mediaType = ""] = (request.headers.get("content-type") ?? "").split(/[;,]/);
  return request.method === "POST" ? READERS[mediaType.trim().toLowerCase()] : undefined;
}

async function textOf(request: Request, maxBytes: number): Promise<string> {
  // What is left of it is seen to when the answer is on its way.
  const bytes = request.body && (await readAtMost(request.body, maxBytes, () => {}));
  if (bytes === undefined) throw tooLarge(maxBytes);
  return new TextDecoder().decode(bytes ?? undefined);
}

/** One operation: several in one request are not served. What is in it, Yoga and the executor check. */
function operationIn(value: unknown): GraphQLParams {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SyntaxError("It must be one JSON object with a query.");
}

/** Readers look at nothing but what the client sent: whatever they stumble over is the client's. */
function refusalOf(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error instanceof MaxTotalSizeExceededError || error instanceof MaxFileSizeExceededError) {
    return tooLarge(MAX_BODY_BYTES);
  }
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
