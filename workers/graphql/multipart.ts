import { type MultipartPart, parseMultipartRequest } from "@remix-run/multipart-parser";
import * as v from "valibot";
import { readJson } from "./json.ts";

/** A photograph and four paintings: the most that one field takes. */
const MAX_FILES = 5;
/** `operations`, `map` and the files. */
const MAX_PARTS = 2 + MAX_FILES;
const MAX_HEADER_BYTES = 4_096;
/** RFC 2046, section 5.1.1. A longer one makes the search for it slow. */
const MAX_BOUNDARY = 70;

const FileMap = v.record(v.string(), v.array(v.string()));

/**
 * The operation of a multipart request, with its files in place. Each path of `map` must lead to a null that is there: so nothing
 * is created by a path, however large the index in it. At most `maxBytes` are read.
 * https://github.com/jaydenseric/graphql-multipart-request-spec
 */
export async function readMultipart(request: Request, maxBytes: number): Promise<unknown> {
  const boundary = /boundary=(?:"([^"]*)"|([^;]*))/i.exec(request.headers.get("content-type") ?? "");
  if ((boundary?.[1] ?? boundary?.[2] ?? "").length > MAX_BOUNDARY) throw new SyntaxError("Its boundary is too long.");
  const parts = new Map<string, MultipartPart>();
  for await (const part of parseMultipartRequest(request, {
    maxParts: MAX_PARTS,
    maxHeaderSize: MAX_HEADER_BYTES,
    maxFileSize: maxBytes,
    maxTotalSize: maxBytes,
  })) {
    if (part.name !== undefined) parts.set(part.name, part);
  }
  const operation = fieldOf(parts, "operations");
  for (const [name, paths] of Object.entries(v.parse(FileMap, fieldOf(parts, "map") ?? {}))) {
    const part = parts.get(name);
    if (!part) throw new SyntaxError(`There is no file ${JSON.stringify(name.slice(0, 64))}.`);
    const file = fileOf(name, part);
    for (const path of paths) put(operation, path, file);
  }
  return operation;
}

function fieldOf(parts: ReadonlyMap<string, MultipartPart>, name: "operations" | "map"): unknown {
  const part = parts.get(name);
  return part && readJson(part.text);
}

const fileOf = (name: string, { content, filename, mediaType }: MultipartPart): File =>
  new File(content as Uint8Array<ArrayBuffer>[], filename ?? name, mediaType === undefined ? {} : { type: mediaType });

/** Puts a file where a path such as `variables.input.styles.0.source.image.upload` leads. */
function put(operation: unknown, path: string, file: File): void {
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
