import type { GuardedFetch } from "../platform/guarded-fetch.ts";
import {
  type BadImage,
  isBadImage,
  MAX_BASE64_PICTURE_BYTES,
  MAX_PICTURE_BYTES,
  type Picture,
  tooLarge,
} from "../platform/picture.ts";
import { sha256 } from "../platform/sha256.ts";
import type { ImageInput } from "./types.generated.ts";

/** The picture of an `ImageInput`. Its bytes are read when they are needed, once. */
export function pictureFrom(input: ImageInput, fetchPicture: GuardedFetch): Picture {
  if (input.url) return pictureAt(input.url, fetchPicture);
  if (input.upload) return pictureIn(input.upload);
  return pictureOf(input.base64 ?? "");
}

function pictureAt(url: URL, fetchPicture: GuardedFetch): Picture {
  return {
    // The address stands for the picture: a retry must not depend on what is there now.
    fingerprint: async () => url.href,
    read: () => fetchPicture(url),
  };
}

const pictureIn = (bytes: Uint8Array<ArrayBuffer>): Picture =>
  fingerprinted(async () => (bytes.length > MAX_PICTURE_BYTES ? tooLarge(bytes.length, MAX_PICTURE_BYTES) : bytes));

/** Decoded again for each use: the request holds its text anyway. */
const pictureOf = (text: string): Picture => fingerprinted(async () => decodeBase64(text));

const fingerprinted = (read: () => Promise<Uint8Array<ArrayBuffer> | BadImage>): Picture => ({
  read,
  fingerprint: async () => {
    const bytes = await read();
    return isBadImage(bytes) ? bytes.reason : sha256(bytes);
  },
});

/** RFC 2397: a media type and parameters, or neither, then perhaps `;base64`. */
const DATA_URL = /^data:[^,]*,/i;
const BASE64_URL = /;\s*base64\s*,$/i;

/** Characters of base64 that are decoded: those of the largest picture, and a tenth more for line breaks. */
const MAX_BASE64 = Math.ceil(1.1 * (4 / 3) * MAX_BASE64_PICTURE_BYTES);

/**
 * The bytes of base64 (RFC 4648, section 4 or 5: padded or not, with line breaks or none), or of a `data:` URL, whose data are
 * base64 or percent-encoded bytes.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | BadImage {
  const [prefix] = DATA_URL.exec(text.slice(0, MAX_PREFIX)) ?? [];
  if (prefix === undefined) return fromBase64(text);
  const data = text.slice(prefix.length);
  const isBase64 = BASE64_URL.test(prefix);
  if (isBase64 && !data.includes("%")) return fromBase64(data);
  const bytes = fromPercents(data, isBase64 ? MAX_BASE64 : MAX_BASE64_PICTURE_BYTES);
  if (!bytes) {
    return corrupt(
      "The data of this data: URL are not percent-encoded. Write each byte as % and two digits, or send base64 after ;base64,",
    );
  }
  return isBase64 ? fromBase64(new TextDecoder("latin1").decode(bytes)) : checked(bytes);
}

/** Characters before the data of a URL: a media type and its parameters. */
const MAX_PREFIX = 1_000;

function fromBase64(text: string): Uint8Array<ArrayBuffer> | BadImage {
  if (text.length > MAX_BASE64)
    return tooLarge(Math.floor((text.length * 3) / 4), MAX_BASE64_PICTURE_BYTES, USE_UPLOAD);
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  try {
    for (const quantums of quantumsIn(text)) {
      const binary = atob(quantums);
      for (let i = 0; i < binary.length; i++) bytes[length++] = binary.charCodeAt(i);
    }
  } catch {
    return corrupt("This is not base64. Send the file's bytes in base64 (RFC 4648), as a data: URL, or as an upload.");
  }
  return checked(bytes.subarray(0, length));
}

/** Characters that are decoded at a time: a picture's text whole would be another string as long. */
const PIECE = 65_536;

/** Base64 in pieces of whole quantums, which are of four characters; the last may have less. In one alphabet, without line breaks. */
function* quantumsIn(text: string): Generator<string> {
  let rest = "";
  for (let at = 0; at < text.length; at += PIECE) {
    const piece = text
      .slice(at, at + PIECE)
      .replaceAll("-", "+")
      .replaceAll("_", "/");
    const joined = rest + piece.replace(/[\t\n\f\r ]+/g, "");
    // The last quantum waits: it alone may have padding.
    const whole = Math.max(0, 4 * Math.ceil(joined.length / 4 - 1));
    const quantums = joined.slice(0, whole);
    if (quantums.includes("=")) throw new SyntaxError("There is padding in the middle.");
    yield quantums;
    rest = joined.slice(whole);
  }
  yield rest;
}

const PERCENT = 0x25;

/** Bytes as a URL has them: `%` and two digits, or an ASCII character. At most one more than `limit`; undefined where it is neither. */
function fromPercents(text: string, limit: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.min(text.length, limit + 1));
  let length = 0;
  for (let at = 0; at < text.length && length < bytes.length; at++) {
    const code = text.charCodeAt(at);
    const byte = code === PERCENT ? 16 * hexDigit(text, ++at) + hexDigit(text, ++at) : code;
    if (Number.isNaN(byte) || (code !== PERCENT && code > 0x7f)) return undefined;
    bytes[length++] = byte;
  }
  return bytes.slice(0, length);
}

/** NaN where there is none. */
function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = (code | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? letter + 10 : Number.NaN;
}

function checked(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | BadImage {
  if (bytes.length === 0) return corrupt("The picture is empty. Send the bytes of a JPEG, PNG or WebP picture.");
  return bytes.length > MAX_BASE64_PICTURE_BYTES ? tooLarge(bytes.length, MAX_BASE64_PICTURE_BYTES, USE_UPLOAD) : bytes;
}

const USE_UPLOAD = "Make it smaller, or send it as an upload.";
const corrupt = (message: string): BadImage => ({ kind: "badImage", reason: "CORRUPT", message });
