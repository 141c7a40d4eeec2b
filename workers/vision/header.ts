import { imageSize } from "image-size";
import { orientationOf } from "../../imaging/codecs/exif-orientation.ts";
import type { Orientation } from "../../imaging/orient.ts";
import { type BadImage, MAX_PICTURE_BYTES } from "../platform/picture.ts";
import { isJpeg, walkJpeg } from "./jpeg.ts";
import { isPng, pixelsOf, readPngHeader, unpacksTooFar } from "./png.ts";

export interface Limits {
  /** Of the file, in bytes. */
  bytes: number;
  /** Of the picture as it is stored: width × height. */
  pixels: number;
  /** Above this many pixels a picture is not decoded here but shrunk first. */
  decodedPixels: number;
}

export const DEFAULT_LIMITS: Limits = { bytes: MAX_PICTURE_BYTES, pixels: 24_000_000, decodedPixels: 2_500_000 };

/** What is known of a picture before one pixel is decoded. Width and height are those of the stored pixels. */
export interface Header {
  format: "jpeg" | "cmykJpeg" | "png" | "webp" | "heif";
  width: number;
  height: number;
  orientation: Orientation;
  /** What the decoder is to be given: the file, without parts that could harm it. */
  bytes: Uint8Array;
}

/**
 * Tells by content what a picture is, how large, and which way up, and refuses what must not be decoded.
 * Names and media types are not asked: anybody can write them.
 */
export async function readHeader(bytes: Uint8Array, limits: Limits): Promise<Header | BadImage> {
  if (bytes.length === 0) return corrupt("The picture is empty. Send the bytes of a JPEG, PNG or WebP picture.");
  if (bytes.length > limits.bytes) {
    return bad("TOO_LARGE", `The picture is larger than ${limits.bytes / 1024 / 1024} MB. Send a smaller one.`);
  }
  if (isJpeg(bytes)) return readJpeg(bytes, limits);
  if (isPng(bytes)) return readPng(bytes, limits);
  if (isWebp(bytes)) return readWebp(bytes, limits);
  if (isHeif(bytes)) return readHeif(bytes, limits);
  return unsupported("This is not a picture in a format that is accepted. Send JPEG, PNG or WebP.");
}

function readJpeg(bytes: Uint8Array, limits: Limits): Header | BadImage {
  const structure = walkJpeg(bytes);
  if (!structure) return corrupt("The JPEG has no readable header. Send the whole, unchanged file.");
  const { frame, complete, scanStart, tangled } = structure;
  const refusal = refuseSize(frame, limits);
  if (refusal) return refusal;
  if (!complete) return corrupt("The JPEG breaks off before its end. Send the whole file.");
  if (tangled) return corrupt("The JPEG is made of too many parts. Save it anew and send that.");
  const orientation = orientationOf(bytes.subarray(0, scanStart));
  return {
    format: frame.components === 4 ? "cmykJpeg" : "jpeg",
    width: frame.width,
    height: frame.height,
    orientation,
    bytes,
  };
}

async function readPng(bytes: Uint8Array, limits: Limits): Promise<Header | BadImage> {
  const header = readPngHeader(bytes);
  if (!header) return corrupt("The PNG has no readable header. Send the whole, unchanged file.");
  const refusal = refuseSize(header, limits);
  if (refusal) return refusal;
  const pixels = pixelsOf(bytes as Uint8Array<ArrayBuffer>);
  if (!pixels || (await unpacksTooFar(pixels, header))) {
    return corrupt(
      "The PNG breaks off, fails its checksum or holds more than it says. Send the whole, unchanged file.",
    );
  }
  const { width, height } = header;
  return { format: "png", width, height, orientation: orientationOf(bytes), bytes: pixels.bytes };
}

function readWebp(bytes: Uint8Array, limits: Limits): Header | BadImage {
  const size = sizeOf(bytes);
  const refusal = refuseSize(size, limits);
  if (refusal) return refusal;
  if (isAnimated(bytes)) return unsupported("Animated WebP is not accepted. Send a still JPEG, PNG or WebP.");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8;
  if (length > bytes.length) return corrupt("The WebP breaks off before its end. Send the whole file.");
  return { format: "webp", ...size, orientation: orientationOf(bytes), bytes };
}

/** A camera's header takes about 6 KB. Reading a longer one would take a time that rises with the square of its boxes. */
const HEIF_HEAD = 32 * 1024;

/** Only whoever shrinks the picture can read it, so a size that cannot be found here is not held against it: 0 × 0. */
function readHeif(bytes: Uint8Array, limits: Limits): Header | BadImage {
  const size = sizeOf(bytes.subarray(0, HEIF_HEAD));
  const refusal = size.width > 0 ? refuseSize(size, limits) : undefined;
  return refusal ?? { format: "heif", ...size, orientation: 1, bytes };
}

function refuseSize({ width, height }: { width: number; height: number }, limits: Limits): BadImage | undefined {
  if (width === 0 || height === 0) return corrupt("The picture has no readable size. Send the whole, unchanged file.");
  if (width * height <= limits.pixels) return undefined;
  return bad("TOO_MANY_PIXELS", `The picture has more than ${limits.pixels / 1e6} megapixels. Send a smaller one.`);
}

/** Width and height of a WebP or HEIF (of its largest picture, not of a tile or thumbnail); zeros if they cannot be read. */
function sizeOf(bytes: Uint8Array): { width: number; height: number } {
  try {
    const { width, height } = imageSize(bytes);
    return { width, height };
  } catch {
    return { width: 0, height: 0 };
  }
}

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

const isWebp = (bytes: Uint8Array): boolean => ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 4) === "WEBP";

/** The animation flag of the extended header. WebP container specification, "Extended File Format". */
const isAnimated = (bytes: Uint8Array): boolean => ascii(bytes, 12, 4) === "VP8X" && (bytes[20]! & 0x02) !== 0;

/** Major brands of HEIC and HEIF. ISO/IEC 23008-12, annex B; AVIF has brands of its own. */
const HEIF_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]);
const isHeif = (bytes: Uint8Array): boolean => ascii(bytes, 4, 4) === "ftyp" && HEIF_BRANDS.has(ascii(bytes, 8, 4));

const bad = (reason: BadImage["reason"], message: string): BadImage => ({ kind: "badImage", reason, message });
export const corrupt = (message: string): BadImage => bad("CORRUPT", message);
export const unsupported = (message: string): BadImage => bad("UNSUPPORTED_FORMAT", message);
export const tooManyPixels = (message: string): BadImage => bad("TOO_MANY_PIXELS", message);
