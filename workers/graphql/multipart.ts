import { type MultipartPart, parseMultipart } from "@remix-run/multipart-parser";
import * as v from "valibot";
import { readJson } from "./json.ts";

/** A photograph and four paintings, the maximum of one field. */
const MAX_FILES = 5;
/** The fields `operations` and `map`, and the files. */
const MAX_PARTS = 2 + MAX_FILES;
const MAX_HEADER_BYTES = 4_096;
/** The maximum size of `operations` and of `map`. Their text and values take memory in addition to the body. */
export const MAX_FIELD_BYTES = 1024 * 1024;
/** RFC 2046, section 5.1.1. Searching for a longer boundary is slow. */
const MAX_BOUNDARY_LENGTH = 70;

const FileMap = v.record(v.string(), v.array(v.string()));

/**
 * Returns the operation of a multipart request with its files in place. The files are views of the body, not copies. Each path of `map`
 * must point to an existing null, so a path creates nothing, even with a large index.
 * https://github.com/jaydenseric/graphql-multipart-request-spec
 */
export function readMultipart(body: Uint8Array<ArrayBuffer>, { headers }: Request): unknown {
  const parts = new Map<string, MultipartPart>();
  for (const part of parseMultipart(body, {
    boundary: boundaryIn(headers.get("content-type") ?? ""),
    maxParts: MAX_PARTS,
    maxHeaderSize: MAX_HEADER_BYTES,
    maxFileSize: body.length,
    maxTotalSize: body.length,
  })) {
    if (part.name !== undefined) parts.set(part.name, part);
  }
  const operation = fieldOf(parts, "operations");
  for (const [name, paths] of Object.entries(v.parse(FileMap, fieldOf(parts, "map") ?? {}))) {
    const part = parts.get(name);
    if (!part)
      throw new SyntaxError(
        `The field map names the file ${JSON.stringify(name.slice(0, 64))}, but the request has no such file.`,
      );
    for (const path of paths) put(operation, path, fileOf(part));
  }
  return operation;
}

function boundaryIn(contentType: string): string {
  const [, quoted, bare] = /boundary=(?:"([^"]*)"|([^;]*))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare ?? "";
  if (boundary === "") throw new SyntaxError("Its Content-Type has no boundary.");
  if (boundary.length > MAX_BOUNDARY_LENGTH)
    throw new SyntaxError(`Its boundary has more than ${MAX_BOUNDARY_LENGTH} characters.`);
  return boundary;
}

function fieldOf(parts: ReadonlyMap<string, MultipartPart>, name: "operations" | "map"): unknown {
  const part = parts.get(name);
  if (part && part.size > MAX_FIELD_BYTES) {
    throw new SyntaxError(`The field ${name} is larger than 1 MB. Send pictures as files.`);
  }
  return part && readJson(part.text);
}

/** The content is one chunk, because the body is one buffer. */
const fileOf = ({ content: [bytes = new Uint8Array()] }: MultipartPart): Uint8Array => bytes;

/** Puts a file at a path such as `variables.input.styles.0.source.image.upload`. */
function put(operation: unknown, path: string, file: Uint8Array): void {
  const names = path.split(".");
  const last = names.pop() ?? "";
  const parent = names.reduce<unknown>((at, name) => (has(at, name) ? at[name] : undefined), operation);
  if (!has(parent, last) || parent[last] !== null) {
    throw new SyntaxError(
      `The path ${JSON.stringify(path.slice(0, 64))} in map does not point to a null in operations.`,
    );
  }
  parent[last] = file;
}

const has = (value: unknown, name: string): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name);
