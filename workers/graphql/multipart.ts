import { type MultipartPart, parseMultipart } from "@remix-run/multipart-parser";
import * as v from "valibot";
import { readJson } from "./json.ts";

/** A photograph and four paintings: the most that one field takes. */
const MAX_FILES = 5;
/** `operations`, `map` and the files. */
const MAX_PARTS = 2 + MAX_FILES;
const MAX_HEADER_BYTES = 4_096;
/** Of `operations` and of `map`. Their texts and values are held beside the body. */
export const MAX_FIELD_BYTES = 1024 * 1024;
/** RFC 2046, section 5.1.1. A longer one makes the search for it slow. */
const MAX_BOUNDARY = 70;

const FileMap = v.record(v.string(), v.array(v.string()));

/**
 * The operation of a multipart request, with its files in place: parts of the body's bytes, not copies of them. Each path of `map`
 * must lead to a null that is there: so nothing is created by a path, however large the index in it.
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
    if (!part) throw new SyntaxError(`There is no file ${JSON.stringify(name.slice(0, 64))}.`);
    for (const path of paths) put(operation, path, fileOf(part));
  }
  return operation;
}

function boundaryIn(contentType: string): string {
  const [, quoted, bare] = /boundary=(?:"([^"]*)"|([^;]*))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare ?? "";
  if (boundary === "") throw new SyntaxError("It has no boundary.");
  if (boundary.length > MAX_BOUNDARY) throw new SyntaxError("Its boundary is too long.");
  return boundary;
}

function fieldOf(parts: ReadonlyMap<string, MultipartPart>, name: "operations" | "map"): unknown {
  const part = parts.get(name);
  if (part && part.size > MAX_FIELD_BYTES) {
    throw new SyntaxError(`The field ${name} is larger than 1 MB. Send pictures as files.`);
  }
  return part && readJson(part.text);
}

/** Its bytes are in one piece, because the body is. */
const fileOf = ({ content: [bytes = new Uint8Array()] }: MultipartPart): Uint8Array => bytes;

/** Puts a file where a path such as `variables.input.styles.0.source.image.upload` leads. */
function put(operation: unknown, path: string, file: Uint8Array): void {
  const names = path.split(".");
  const last = names.pop() ?? "";
  const holder = names.reduce<unknown>((at, name) => (has(at, name) ? at[name] : undefined), operation);
  if (!has(holder, last) || holder[last] !== null) {
    throw new SyntaxError(
      `The path ${JSON.stringify(path.slice(0, 64))} in map does not lead to a null in operations.`,
    );
  }
  holder[last] = file;
}

const has = (value: unknown, name: string): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name);
