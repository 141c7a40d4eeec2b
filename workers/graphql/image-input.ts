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

/** The picture of an `ImageInput`. Its bytes are read when they are needed. */
export function pictureFrom(input: ImageInput, fetchPicture: GuardedFetch): Picture {
  if (input.url) return pictureAtUrl(input.url, fetchPicture);
  if (input.upload) return uploadedPicture(input.upload);
  return base64Picture(input.base64 ?? "");
}

function pictureAtUrl(url: URL, fetchPicture: GuardedFetch): Picture {
  return {
    // The URL identifies the picture: a retry must not depend on the current response of the URL.
    fingerprint: async () => url.href,
    read: () => fetchPicture(url),
  };
}

const uploadedPicture = (bytes: Uint8Array<ArrayBuffer>): Picture =>
  withFingerprint(async () => (bytes.length > MAX_PICTURE_BYTES ? tooLarge(bytes.length, MAX_PICTURE_BYTES) : bytes));

/** Decoded again for each use, because the request holds the text in any case. */
const base64Picture = (text: string): Picture => withFingerprint(async () => decodeBase64(text));

const withFingerprint = (read: () => Promise<Uint8Array<ArrayBuffer> | BadImage>): Picture => ({
  read,
  fingerprint: async () => {
    const bytes = await read();
    return isBadImage(bytes) ? bytes.reason : sha256(bytes);
  },
});

/** RFC 2397: an optional media type, optional parameters and an optional `;base64`. */
const DATA_URL = /^data:[^,]*,/i;
const BASE64_URL = /;\s*base64\s*,$/i;

/** The maximum length of base64 text: that of the largest picture, plus 10 % for line breaks. */
const MAX_BASE64_LENGTH = Math.ceil(1.1 * (4 / 3) * MAX_BASE64_PICTURE_BYTES);

/**
 * Decodes base64 (RFC 4648, section 4 or 5, with or without padding and line breaks), or a `data:` URL with base64 or
 * percent-encoded data.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | BadImage {
  const [prefix] = DATA_URL.exec(text.slice(0, MAX_PREFIX)) ?? [];
  if (prefix === undefined) return fromBase64(text);
  const data = text.slice(prefix.length);
  const isBase64 = BASE64_URL.test(prefix);
  if (isBase64 && !data.includes("%")) return fromBase64(data);
  const bytes = fromPercentEncoding(data, isBase64 ? MAX_BASE64_LENGTH : MAX_BASE64_PICTURE_BYTES);
  if (!bytes) {
    return corrupt(
      "The data: URL is not valid: its data is not percent-encoded. Write each byte as % and two hexadecimal digits, or send base64 after ;base64,",
    );
  }
  return isBase64 ? fromBase64(new TextDecoder("latin1").decode(bytes)) : checkSize(bytes);
}

/** The maximum length of the media type and its parameters in a `data:` URL, in characters. */
const MAX_PREFIX = 1_000;

function fromBase64(text: string): Uint8Array<ArrayBuffer> | BadImage {
  if (text.length > MAX_BASE64_LENGTH)
    return tooLarge(Math.floor((text.length * 3) / 4), MAX_BASE64_PICTURE_BYTES, USE_UPLOAD);
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  try {
    for (const quanta of quantaIn(text)) {
      const binary = atob(quanta);
      for (let i = 0; i < binary.length; i++) bytes[length++] = binary.charCodeAt(i);
    }
  } catch {
    return corrupt(
      "The picture is not valid base64. Send the bytes of the file as base64 (RFC 4648), as a data: URL, or as an upload.",
    );
  }
  return checkSize(bytes.subarray(0, length));
}

/** Characters per decoding step. Decoding the whole text at once would create another string of the same length. */
const CHUNK_LENGTH = 65_536;

/**
 * Splits base64 into chunks of whole quanta of four characters; the last quantum can be shorter. Converts base64url to base64 and
 * removes line breaks.
 */
function* quantaIn(text: string): Generator<string> {
  let rest = "";
  for (let at = 0; at < text.length; at += CHUNK_LENGTH) {
    const chunk = text
      .slice(at, at + CHUNK_LENGTH)
      .replaceAll("-", "+")
      .replaceAll("_", "/");
    const joined = rest + chunk.replace(/[\t\n\f\r ]+/g, "");
    // Keep the last quantum for the next chunk: only the last quantum of the text can have padding.
    const whole = Math.max(0, 4 * Math.ceil(joined.length / 4 - 1));
    const quanta = joined.slice(0, whole);
    if (quanta.includes("=")) throw new SyntaxError("There is padding before the end.");
    yield quanta;
    rest = joined.slice(whole);
  }
  yield rest;
}

const PERCENT = 0x25;

/** Decodes percent-encoded bytes and plain ASCII characters. Stops after `limit` + 1 bytes. Returns undefined for other characters. */
function fromPercentEncoding(text: string, limit: number): Uint8Array<ArrayBuffer> | undefined {
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

/** Returns NaN if the character is not a hexadecimal digit. */
function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = (code | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? letter + 10 : Number.NaN;
}

function checkSize(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | BadImage {
  if (bytes.length === 0) return corrupt("The picture is empty. Send a JPEG, PNG or WebP file.");
  return bytes.length > MAX_BASE64_PICTURE_BYTES ? tooLarge(bytes.length, MAX_BASE64_PICTURE_BYTES, USE_UPLOAD) : bytes;
}

const USE_UPLOAD = "Make it smaller, or send it as an upload.";
const corrupt = (message: string): BadImage => ({ kind: "badImage", reason: "CORRUPT", message });
