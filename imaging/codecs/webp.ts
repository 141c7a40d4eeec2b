import { ICC_LIMIT } from "./icc.ts";
import { FileParts } from "./parts.ts";

/** The contents of a WebP. RFC 9649. */
interface WebpChunks {
  /** The file without metadata. */
  parts: readonly Uint8Array[];
  animated: boolean;
  transparent: boolean;
  /** The TIFF block of the EXIF chunk. */
  exif?: Uint8Array;
  profile?: Uint8Array;
}

/** A still picture has at most six known chunks, and can have unknown ones. */
const MAX_CHUNKS = 1_000;
/** Flags in the first byte of the extended header. RFC 9649, section 2.7. */
const HAS_PROFILE = 0x20;
const HAS_ALPHA = 0x10;
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;
const IS_ANIMATED = 0x02;
/** In the fifth byte of a lossless picture: "alpha is used". RFC 9649, section 3.4. */
const LOSSLESS_ALPHA = 0x10;

export const isWebp = (bytes: Uint8Array): boolean => ascii(bytes, 0) === "RIFF" && ascii(bytes, 8) === "WEBP";

/** Reads a WebP's chunks. Returns undefined if the file ends before its last chunk does. */
export function readWebpChunks(bytes: Uint8Array): WebpChunks | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length >= 12 ? 8 + view.getUint32(4, true) : Number.POSITIVE_INFINITY;
  if (end > bytes.length) return undefined;
  const parts = new FileParts(bytes);
  const found: Omit<WebpChunks, "parts"> = { animated: false, transparent: false };
  let dropped = 0;
  let header: Uint8Array | undefined;
  for (let at = 12, chunks = 0; at + 8 <= end && chunks < MAX_CHUNKS; chunks++) {
    const length = view.getUint32(at + 4, true);
    const next = at + 8 + length + (length % 2);
    const content = bytes.subarray(at + 8, Math.min(at + 8 + length, end));
    switch (ascii(bytes, at)) {
      case "VP8X":
        if (at === 12) header = bytes.subarray(0, next);
        found.animated = (content[0]! & IS_ANIMATED) !== 0;
        found.transparent = (content[0]! & HAS_ALPHA) !== 0;
        break;
      case "VP8L":
        found.transparent ||= (content[4]! & LOSSLESS_ALPHA) !== 0;
        break;
      case "ICCP":
        if (content.length <= ICC_LIMIT) found.profile ??= content;
        parts.drop(at, next);
        dropped += next - at;
        break;
      case "EXIF":
        found.exif ??= withoutPrefix(content);
        parts.drop(at, next);
        dropped += next - at;
        break;
      case "XMP ":
        parts.drop(at, next);
        dropped += next - at;
        break;
    }
    at = next;
  }
  const kept = parts.until(end);
  return { ...found, parts: header && dropped > 0 ? withoutFlags(kept, header, end - 8 - dropped) : kept };
}

/** The same parts, with an extended header that declares no metadata and the remaining length. */
function withoutFlags(parts: readonly Uint8Array[], header: Uint8Array, length: number): readonly Uint8Array[] {
  const [first = header, ...others] = parts;
  const changed = header.slice();
  new DataView(changed.buffer).setUint32(4, length, true);
  changed[20]! &= ~(HAS_PROFILE | HAS_EXIF | HAS_XMP);
  const rest = first.subarray(header.length);
  return rest.length > 0 ? [changed, rest, ...others] : [changed, ...others];
}

/** Many programs write JPEG's prefix "Exif\0\0" before the block. */
const withoutPrefix = (content: Uint8Array): Uint8Array =>
  ascii(content, 0) === "Exif" ? content.subarray(6) : content;

const ascii = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
