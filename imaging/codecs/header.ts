import { imageSize } from "image-size";
import type { Orientation } from "../orient.ts";
import { orientationOf } from "./exif-orientation.ts";
import type { ColorSpace } from "./icc.ts";
import { isJpeg, walkJpeg } from "./jpeg.ts";
import { inflatedProfile, inflatesTooMuch, isApplePng, isPng, readPngChunks, readPngHeader } from "./png.ts";
import { isWebp, readWebpChunks } from "./webp.ts";

export interface Limits {
  /** Maximum size of the file, in bytes. */
  bytes: number;
  /** Maximum width × height of the stored picture. */
  pixels: number;
  /** A picture with more pixels is shrunk elsewhere before it is decoded here. */
  decodedPixels: number;
}

/** The limits of an isolate. Only the Images binding reads pictures of more than 2.5 megapixels. */
export const DEFAULT_LIMITS: Limits = { bytes: 20 * 1024 * 1024, pixels: 50_000_000, decodedPixels: 2_500_000 };

/** The properties of a picture that are known before decoding. Width and height are those of the stored pixels. */
export interface Header {
  format: "jpeg" | "cmykJpeg" | "png" | "webp" | "heif";
  width: number;
  height: number;
  /** How the stored pixels must be turned to be upright. */
  orientation: Orientation;
  space: ColorSpace;
  /** The embedded ICC profile. */
  profile?: Uint8Array;
  /** Whether pixels can be transparent. */
  transparent: boolean;
  /** The file without its metadata: only what a decoder needs for the pixels, and nothing that could harm it. */
  parts: readonly Uint8Array[];
}

/** A picture that cannot be used. `message` tells the caller what happened and what to do. */
export interface BadPicture {
  kind: "badImage";
  reason: "UNSUPPORTED_FORMAT" | "CORRUPT" | "TOO_LARGE" | "TOO_MANY_PIXELS";
  message: string;
}

/**
 * Reads a picture's format, size, orientation and color space from its content, and rejects pictures that must not be decoded.
 * File names and media types are ignored, because any client can set them freely.
 */
export async function readHeader(bytes: Uint8Array, limits: Limits): Promise<Header | BadPicture> {
  if (bytes.length === 0) return corrupt("The picture is empty. Send the bytes of a JPEG, PNG or WebP picture.");
  if (bytes.length > limits.bytes) {
    return bad(
      "TOO_LARGE",
      `The picture's file has ${megabytes(bytes.length)} MB; the limit is ${megabytes(limits.bytes)} MB. Send a smaller file.`,
    );
  }
  if (isJpeg(bytes)) return readJpeg(bytes, limits);
  if (isPng(bytes)) return readPng(bytes, limits);
  if (isWebp(bytes)) return readWebp(bytes, limits);
  if (isHeif(bytes)) return readHeif(bytes, limits);
  return unsupported("This is not a picture in a supported format. Send JPEG, PNG or WebP.");
}

function readJpeg(bytes: Uint8Array, limits: Limits): Header | BadPicture {
  const structure = walkJpeg(bytes);
  if (!structure) return corrupt("The JPEG has no readable header. Send the whole, unchanged file.");
  const { frame, complete, excessive, parts, exif, profile } = structure;
  const { width, height, components } = frame;
  const sizeProblem = checkSize(frame, limits);
  if (sizeProblem) return sizeProblem;
  if (frame.unsupported) {
    return unsupported(
      `The JPEG has ${frame.unsupported}, which is not supported. Save it as a baseline or progressive JPEG with 8 bits a channel, or send PNG.`,
    );
  }
  if (!complete) return corrupt("The JPEG is truncated. Send the whole file.");
  if (excessive)
    return corrupt("The JPEG has too many segments or scans. Save it again with an image editor and send that file.");
  return {
    format: components === 4 ? "cmykJpeg" : "jpeg",
    width,
    height,
    orientation: orientationOf(exif),
    space: components === 4 ? "CMYK" : components === 1 ? "GRAY" : "RGB",
    profile,
    transparent: false,
    parts,
  };
}

async function readPng(bytes: Uint8Array, limits: Limits): Promise<Header | BadPicture> {
  if (isApplePng(bytes)) {
    return unsupported("This PNG was converted by Apple's tools for use in apps (CgBI). Send the original PNG.");
  }
  const header = readPngHeader(bytes);
  if (!header) return corrupt("The PNG has no readable header. Send the whole, unchanged file.");
  const sizeProblem = checkSize(header, limits);
  if (sizeProblem) return sizeProblem;
  const chunks = readPngChunks(bytes);
  const { width, height, gray, alpha } = header;
  // A larger picture is not inflated here, because it is not decoded here.
  if (!chunks || (width * height <= limits.decodedPixels && (await inflatesTooMuch(chunks, header)))) {
    return corrupt(
      "The PNG is truncated, fails its checksum or has more data than its header declares. Send the whole, unchanged file.",
    );
  }
  const { parts, exif, compressedProfile, transparent } = chunks;
  return {
    format: "png",
    width,
    height,
    orientation: orientationOf(exif),
    space: gray ? "GRAY" : "RGB",
    profile: compressedProfile && (await inflatedProfile(compressedProfile)),
    transparent: alpha || transparent,
    parts,
  };
}

function readWebp(bytes: Uint8Array, limits: Limits): Header | BadPicture {
  const size = sizeOf(bytes);
  const sizeProblem = checkSize(size, limits);
  if (sizeProblem) return sizeProblem;
  const chunks = readWebpChunks(bytes);
  if (!chunks) return corrupt("The WebP is truncated. Send the whole file.");
  const { animated, parts, transparent, exif, profile } = chunks;
  if (animated) return unsupported("Animated WebP is not supported. Send a still JPEG, PNG or WebP.");
  return { format: "webp", ...size, orientation: orientationOf(exif), space: "RGB", profile, transparent, parts };
}

/** A camera's header takes about 6 KB. The time to read a header grows with the square of its boxes, so the limit is needed. */
const HEIF_HEADER_BYTES = 32 * 1024;

/**
 * Only the Images binding can decode HEIF. It also turns the picture and converts its colors. If the size cannot be read here,
 * the picture is not rejected; its size is then 0 × 0.
 */
function readHeif(bytes: Uint8Array, limits: Limits): Header | BadPicture {
  const size = sizeOf(bytes.subarray(0, HEIF_HEADER_BYTES));
  const sizeProblem = size.width > 0 ? checkSize(size, limits) : undefined;
  return sizeProblem ?? { format: "heif", ...size, orientation: 1, space: "RGB", transparent: false, parts: [bytes] };
}

function checkSize({ width, height }: { width: number; height: number }, limits: Limits): BadPicture | undefined {
  if (width === 0 || height === 0) return corrupt("The picture has no readable size. Send the whole, unchanged file.");
  if (width * height <= limits.pixels) return undefined;
  return bad(
    "TOO_MANY_PIXELS",
    `The picture has ${megapixels(width * height)} megapixels; the limit is ${megapixels(limits.pixels)}. Resize it and try again.`,
  );
}

/** Width and height of a WebP or HEIF (its largest picture, not a tile or thumbnail). Zeros if they cannot be read. */
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

/** Major brands of HEIC and HEIF. ISO/IEC 23008-12, annex B. AVIF has other brands. */
const HEIF_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]);
const isHeif = (bytes: Uint8Array): boolean => ascii(bytes, 4, 4) === "ftyp" && HEIF_BRANDS.has(ascii(bytes, 8, 4));

/** In megapixels, with one decimal unless it is 0. Rounded up, so that a number above a limit never reads as equal to it. */
export const megapixels = (pixels: number): string => (Math.ceil(pixels / 1e5) / 10).toString();

const megabytes = (bytes: number): string => (Math.ceil((10 * bytes) / 2 ** 20) / 10).toString();

const bad = (reason: BadPicture["reason"], message: string): BadPicture => ({ kind: "badImage", reason, message });
export const corrupt = (message: string): BadPicture => bad("CORRUPT", message);
export const unsupported = (message: string): BadPicture => bad("UNSUPPORTED_FORMAT", message);
export const tooManyPixels = (message: string): BadPicture => bad("TOO_MANY_PIXELS", message);
