import type { BlobInfo, Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import type { Signer } from "../platform/signing.ts";
import { blobOfToken } from "../platform/stored-image.ts";

/**
 * Returns the blob of a signed URL. Supports GET, HEAD, If-None-Match and a single Range (RFC 9110, sections 13 and 14). A forged or
 * expired URL and a deleted blob all give the same 404, so the response reveals nothing about which blobs exist.
 */
export async function download(
  request: Request,
  token: string,
  { signer, blobs, clock }: { signer: Signer; blobs: Blobs; clock: Clock },
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Use GET.\n", { status: 405, headers: { Allow: "GET, HEAD" } });
  }
  const blob = await blobOfToken(token, signer);
  const info = blob && (await blobs.info(blob.tenantId, blob.key));
  if (!info) return notFound();

  const headers = headersOf(info, clock());
  const tag = headers.get("ETag") ?? "";
  if (matches(request.headers.get("If-None-Match"), tag)) return new Response(null, { status: 304, headers });

  const range = requestedRange(request, info.bytes, tag);
  if (range === "unsatisfiable") {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${info.bytes}` } });
  }
  const { offset, length } = range ?? { offset: 0, length: info.bytes };
  headers.set("Content-Length", String(length));
  if (range) headers.set("Content-Range", `bytes ${offset}-${offset + length - 1}/${info.bytes}`);
  const status = range ? 206 : 200;
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const body = await blobs.stream(info.key, range);
  return body ? new Response(body, { status, headers }) : notFound();
}

const notFound = () =>
  new Response("Image not found. The URL may have expired.\n", {
    status: 404,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
  });

/** The cache lifetime in seconds of a blob without an expiry of its own. Its signed URL expires after a day. */
const DEFAULT_MAX_AGE = 86_400;

function headersOf({ contentType, sha256, expiresAt }: BlobInfo, now: number): Headers {
  const secondsLeft = expiresAt ? Math.max(0, Math.floor((expiresAt.getTime() - now) / 1_000)) : DEFAULT_MAX_AGE;
  return new Headers({
    "Content-Type": contentType,
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": `private, max-age=${secondsLeft}, immutable`,
    "Accept-Ranges": "bytes",
    ETag: `"${sha256}"`,
  });
}

/** RFC 9110, section 13.1.2: weak comparison. */
const matches = (ifNoneMatch: string | null, tag: string): boolean =>
  (ifNoneMatch ?? "").split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === tag);

interface ByteRange {
  offset: number;
  length: number;
}

/**
 * The requested range, or undefined for the whole blob. A Range header is ignored if it is not a single byte range or if If-Range does not
 * match (RFC 9110, sections 13.1.5 and 14.2).
 */
function requestedRange({ headers }: Request, size: number, tag: string): ByteRange | "unsatisfiable" | undefined {
  const condition = headers.get("If-Range");
  if (condition !== null && condition !== tag) return undefined;
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get("Range")?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "") {
    const length = Math.min(size, Number(last));
    return length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(size - 1, Number(last));
  if (last !== "" && Number(last) < offset) return undefined;
  return offset >= size ? "unsatisfiable" : { offset, length: end - offset + 1 };
}
