import {
  getMultipartBoundary,
  MaxTotalSizeExceededError,
  MultipartParser,
  type MultipartPart,
} from "@remix-run/multipart-parser";
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
  const parts = await partsOf(request, maxBytes);
  const operation = fieldOf(parts, "operations");
  for (const [name, paths] of Object.entries(v.parse(FileMap, fieldOf(parts, "map") ?? {}))) {
    const part = parts.get(name);
    if (!part) throw new SyntaxError(`There is no file ${JSON.stringify(name.slice(0, 64))}.`);
    const file = fileOf(name, part);
    for (const path of paths) put(operation, path, file);
  }
  return operation;
}

/** By their names. The parser is fed here rather than by the library, so that {@link take} can let pass what follows the end. */
async function partsOf(request: Request, maxBytes: number): Promise<Map<string, MultipartPart>> {
  const parser = new MultipartParser(boundaryOf(request), {
    maxParts: MAX_PARTS,
    maxHeaderSize: MAX_HEADER_BYTES,
    maxFileSize: maxBytes,
    maxTotalSize: maxBytes,
  });
  const parts = new Map<string, MultipartPart>();
  const reader = request.body?.getReader();
  if (!reader) throw new SyntaxError("It is empty.");
  try {
    let length = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
      if (length > maxBytes) throw new MaxTotalSizeExceededError(maxBytes);
      take(next.value, parser, parts);
    }
  } finally {
    // What is left of it is seen to when the answer is on its way.
    reader.releaseLock();
  }
  parser.finish();
  return parts;
}

/** After the closing boundary anything may follow (RFC 2046, section 5.1.1). The parser ignores it in the same chunk, and refuses the next. */
function take(chunk: Uint8Array, parser: MultipartParser, parts: Map<string, MultipartPart>): void {
  try {
    for (const part of parser.write(chunk)) if (part.name !== undefined) parts.set(part.name, part);
  } catch (error) {
    if (!isOver(parser)) throw error;
  }
}

function isOver(parser: MultipartParser): boolean {
  try {
    parser.finish();
    return true;
  } catch {
    return false;
  }
}

function boundaryOf({ headers }: Request): string {
  const boundary = getMultipartBoundary(headers.get("content-type") ?? "");
  if (boundary === null) throw new SyntaxError("Its Content-Type names no boundary.");
  if (boundary.length > MAX_BOUNDARY) throw new SyntaxError("Its boundary is too long.");
  return boundary;
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
