import type { GuardedFetch } from "../platform/guarded-fetch.ts";
import {
  type BadImage,
  type BadImageReason,
  isBadImage,
  MAX_PICTURE_BYTES,
  type Picture,
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

const pictureIn = (file: File): Picture =>
  readOnce(async () =>
    file.size > MAX_PICTURE_BYTES
      ? bad("TOO_LARGE", "The file is larger than 10 MB. Make it smaller.")
      : new Uint8Array(await file.arrayBuffer()),
  );

const pictureOf = (base64: string): Picture => readOnce(async () => decodeBase64(base64));

function readOnce(readBytes: () => Promise<Uint8Array<ArrayBuffer> | BadImage>): Picture {
  let reading: ReturnType<typeof readBytes> | undefined;
  const read = () => {
    reading ??= readBytes();
    return reading;
  };
  return {
    read,
    fingerprint: async () => {
      const bytes = await read();
      return isBadImage(bytes) ? bytes.reason : sha256(bytes);
    },
  };
}

/** RFC 2397, with nothing between the type and the base64 but parameters. */
const DATA_URL = /^data:[^,;]*(?:;[^,;]*)*;base64,/i;
/** RFC 4648, section 4: padded, and without line breaks. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | BadImage {
  const base64 = text.replace(DATA_URL, "");
  if ((base64.length / 4) * 3 > MAX_PICTURE_BYTES + 3) {
    return bad("TOO_LARGE", "The picture is larger than 10 MB. Make it smaller.");
  }
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) {
    return bad(
      "CORRUPT",
      "This is not base64 as in RFC 4648, section 4: the standard alphabet, padded, no line breaks.",
    );
  }
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.length > MAX_PICTURE_BYTES
    ? bad("TOO_LARGE", "The picture is larger than 10 MB. Make it smaller.")
    : bytes;
}

const bad = (reason: BadImageReason, message: string): BadImage => ({ kind: "badImage", reason, message });
