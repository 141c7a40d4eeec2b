import { imageSize } from "image-size";
import type { Orientation } from "../orient.ts";
import { orientationOf } from "./exif-orientation.ts";
import type { ColourSpace } from "./icc.ts";
import { isJpeg, walkJpeg } from "./jpeg.ts";
import { inflatedProfile, inflatesTooFar, isApplePng, isPng, readPngChunks, readPngHeader } from "./png.ts";
import { isWebp, readWebpChunks } from "./webp.ts";

export interface Limits {
  /** Of the file, in bytes. */
  bytes: number;
  /** Of the picture as it is stored: width × height. */
  pixels: number;
  /** Above this many pixels a picture is not decoded here but shrunk first. */
  decodedPixels: number;
}

/** What an isolate takes. Only the Images binding sees pictures of more than 2.5 megapixels. */
export const DEFAULT_LIMITS: Limits = { bytes: 20 * 1024 * 1024, pixels: 50_000_000, decodedPixels: 2_500_000 };

/** What is known of a picture before one pixel is decoded. Width and height are those of the stored pixels. */
export interface Header {
  format: "jpeg" | "cmykJpeg" | "png" | "webp" | "heif";
  width: number;
  height: number;
  /** How the stored pixels are turned to stand upright. */
  orientation: Orientation;
  space: ColourSpace;
  /** The embedded ICC profile. */
  profile?: Uint8Array;
  /** Its pixels may be transparent. */
  transparent: boolean;
  /** The file without its metadata: all that a decoder needs for the pixels, and nothing that could harm it. */
  parts: readonly Uint8Array[];
}

/** A picture that cannot be used. `message` says what happened and what to do. */
export interface BadPicture {
  kind: "badImage";
  reason: "UNSUPPORTED_FORMAT" | "CORRUPT" | "TOO_LARGE" | "TOO_MANY_PIXELS";
  message: string;
}

/**
 * Tells by content what a picture is, how large, which way up and in what colours, and refuses what must not be decoded.
 * Names and media types are not asked: anybody can write them.
 */
export async function readHeader(bytes: Uint8Array, limits: Limits): Promise<Header | BadPicture> {
  if (bytes.length === 0) return corrupt("The picture is empty. Send the bytes of a JPEG, PNG or WebP picture.");
  if (bytes.length > limits.bytes) {
    return bad(
      "TOO_LARGE",
      `The picture's file has ${megabytes(bytes.length)} MB; the limit is ${megabytes(limits.bytes)} MB. Send a smaller one.`,
    );
  }
  if (isJpeg(bytes)) return readJpeg(bytes, limits);
  if (isPng(bytes)) return readPng(bytes, limits);
  if (isWebp(bytes)) return readWebp(bytes, limits);
  if (isHeif(bytes)) return readHeif(bytes, limits);
  return unsupported("This is not a picture in a format that is accepted. Send JPEG, PNG or WebP.");
}

function readJpeg(bytes: Uint8Array, limits: Limits): Header | BadPicture {
  const structure = walkJpeg(bytes);
  if (!structure) return corrupt("The JPEG has no readable header. Send the whole, unchanged file.");
  const { frame, complete, excessive, parts, exif, profile } = structure;
  const { width, height, components } = frame;
  const refusal = refuseSize(frame, limits);
  if (refusal) return refusal;
  if (frame.unsupported) {
    return unsupported(
      `The JPEG has ${frame.unsupported}, which is not supported. Save it as a baseline or progressive JPEG with 8 bits a channel, or send PNG.`,
    );
  }
  if (!complete) return corrupt("The JPEG breaks off before its end. Send the whole file.");
  if (excessive) return corrupt("The JPEG has too many segments or scans. Save it anew and send that.");
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
    return unsupported("This is a PNG as Apple's tools change it for applications. Send the original PNG.");
  }
  const header = readPngHeader(bytes);
  if (!header) return corrupt("The PNG has no readable header. Send the whole, unchanged file.");
  const refusal = refuseSize(header, limits);
  if (refusal) return refusal;
  const chunks = readPngChunks(bytes);
  const { width, height, grey, alpha } = header;
  // A larger picture is not inflated here.
  if (!chunks || (width * height <= limits.decodedPixels && (await inflatesTooFar(chunks, header)))) {
    return corrupt(
      "The PNG breaks off, fails its checksum or holds more than its header says. Send the whole, unchanged file.",
    );
  }
  const { parts, exif, compressedProfile, transparent } = chunks;
  return {
    format: "png",
    width,
    height,
    orientation: orientationOf(exif),
    space: grey ? "GRAY" : "RGB",
    profile: compressedProfile && (await inflatedProfile(compressedProfile)),
    transparent: alpha || transparent,
    parts,
  };
}

function readWebp(bytes: Uint8Array, limits: Limits): Header | BadPicture {
  const size = sizeOf(bytes);
  const refusal = refuseSize(size, limits);
  if (refusal) return refusal;
  const chunks = readWebpChunks(bytes);
  if (!chunks) return corrupt("The WebP breaks off before its end. Send the whole file.");
  const { animated, parts, transparent, exif, profile } = chunks;
  if (animated) return unsupported("Animated WebP is not accepted. Send a still JPEG, PNG or WebP.");
  return { format: "webp", ...size, orientation: orientationOf(exif), space: "RGB", profile, transparent, parts };
}

/** A camera's header takes about 6 KB. Reading a longer one would take a time that grows with the square of its boxes. */
const HEIF_HEAD = 32 * 1024;

/**
 * Only the Images binding can read it, and turns it and converts its colours itself. A size that cannot be found here is no
 * reason to refuse it: 0 × 0.
 */
function readHeif(bytes: Uint8Array, limits: Limits): Header | BadPicture {
  const size = sizeOf(bytes.subarray(0, HEIF_HEAD));
  const refusal = size.width > 0 ? refuseSize(size, limits) : undefined;
  return refusal ?? { format: "heif", ...size, orientation: 1, space: "RGB", transparent: false, parts: [bytes] };
}

function refuseSize({ width, height }: { width: number; height: number }, limits: Limits): BadPicture | undefined {
  if (width === 0 || height === 0) return corrupt("The picture has no readable size. Send the whole, unchanged file.");
  if (width * height <= limits.pixels) return undefined;
  return bad(
    "TOO_MANY_PIXELS",
    `The picture has ${megapixels(width * height)} megapixels; the limit is ${megapixels(limits.pixels)}. Send a smaller one.`,
  );
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

/** Major brands of HEIC and HEIF. ISO/IEC 23008-12, annex B; AVIF has brands of its own. */
const HEIF_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]);
const isHeif = (bytes: Uint8Array): boolean => ascii(bytes, 4, 4) === "ftyp" && HEIF_BRANDS.has(ascii(bytes, 8, 4));

/** In megapixels, with a decimal where it matters, and rounded up so that what is beyond a limit reads so. */
export const megapixels = (pixels: number): string => (Math.ceil(pixels / 1e5) / 10).toString();

const megabytes = (bytes: number): string => (Math.ceil((10 * bytes) / 2 ** 20) / 10).toString();

const bad = (reason: BadPicture["reason"], message: string): BadPicture => ({ kind: "badImage", reason, message });
export const corrupt = (message: string): BadPicture => bad("CORRUPT", message);
export const unsupported = (message: string): BadPicture => bad("UNSUPPORTED_FORMAT", message);
export const tooManyPixels = (message: string): BadPicture => bad("TOO_MANY_PIXELS", message);
