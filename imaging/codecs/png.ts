import { ICC_LIMIT } from "./icc.ts";
import { inflate } from "./inflate.ts";
import { joined, PartsOf } from "./parts.ts";

/** What a PNG's first chunk says. */
interface PngHeader {
  width: number;
  height: number;
  /** The picture is grey. */
  grey: boolean;
  /** Its pixels have an alpha channel. */
  alpha: boolean;
  /** The least that the data inflate to, in bytes: one byte a row for its filter, and the pixels. Interlaced ones take more. */
  inflated: number;
}

/** What a PNG is made of. */
interface PngChunks {
  /** The file with nothing but the chunks that make pixels. */
  parts: readonly Uint8Array[];
  /** The compressed pixels, in pieces. */
  data: readonly Uint8Array[];
  /** A colour is transparent: there is a tRNS chunk. */
  transparent: boolean;
  /** The TIFF block of the EXIF chunk. */
  exif?: Uint8Array;
  /** The ICC profile, compressed. */
  compressedProfile?: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, then a whole IHDR chunk: length, type, 13 bytes, CRC. */
const HEADER_LENGTH = 8 + 12 + 13;
/** All that the pixels need: the header, palette, transparency, data and end. PNG 3rd edition, section 5. */
const NEEDED = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
/** Twenty megabytes in libpng's data chunks of 8 KB are 2,600. A file with more is an attack on the decoder's time. */
const MAX_CHUNKS = 10_000;
/** Channels by colour type: grey, RGB, palette, grey with alpha, RGBA. PNG 3rd edition, table 11.1. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Apple's variant for applications, which begins with a chunk of its own and is no PNG to anybody else. */
export const isApplePng = (bytes: Uint8Array): boolean => typeAt(bytes, 8) === "CgBI";

/** Reads the header chunk. Undefined if it is not there or names no colour type that exists. */
export function readPngHeader(bytes: Uint8Array): PngHeader | undefined {
  const colourType = bytes[25] ?? -1;
  const channels = CHANNELS[colourType];
  if (bytes.length < HEADER_LENGTH || typeAt(bytes, 8) !== "IHDR" || channels === undefined) return undefined;
  const view = viewOf(bytes);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  return {
    width,
    height,
    grey: colourType === 0 || colourType === 4,
    alpha: colourType >= 4,
    inflated: height * (1 + Math.ceil((width * channels * bytes[24]!) / 8)),
  };
}

/**
 * Sorts a PNG's chunks. A text that inflates to gigabytes never reaches the decoder, nor does an animation. Undefined if a
 * chunk that makes pixels is cut off or fails its checksum, or if there are no data or no end. What follows the end is
 * dropped. Metadata that fail their checksum are ignored.
 */
export function readPngChunks(bytes: Uint8Array): PngChunks | undefined {
  const view = viewOf(bytes);
  const parts = new PartsOf(bytes);
  const data: Uint8Array[] = [];
  let transparent = false;
  let exif: Uint8Array | undefined;
  let compressedProfile: Uint8Array | undefined;
  for (let at = 8, chunks = 0; at + 12 <= bytes.length && chunks < MAX_CHUNKS; chunks++) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const type = typeAt(bytes, at);
    const content = bytes.subarray(at + 8, end - 4);
    const intact = () => crc32(bytes.subarray(at + 4, end - 4)) === view.getUint32(end - 4);
    if (NEEDED.has(type)) {
      if (!intact()) return undefined;
      if (type === "IDAT") data.push(content);
      if (type === "tRNS") transparent = true;
    } else {
      if (type === "eXIf" && intact()) exif ??= content;
      if (type === "iCCP" && content.length <= ICC_LIMIT && intact()) compressedProfile ??= afterName(content);
      parts.drop(at, end);
    }
    if (type === "IEND")
      return data.length > 0 ? { parts: parts.until(end), data, transparent, exif, compressedProfile } : undefined;
    at = end;
  }
  return undefined;
}

/** An iCCP chunk is a name, a zero, a zero for the method, and the compressed profile. PNG 3rd edition, 11.3.2.3. */
const afterName = (content: Uint8Array): Uint8Array | undefined => {
  const end = content.indexOf(0);
  return end >= 1 && end <= 79 && content[end + 1] === 0 ? content.subarray(end + 2) : undefined;
};

/** The ICC profile; undefined where it cannot be inflated or has more than 4 MB. */
export async function inflatedProfile(compressed: Uint8Array): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of inflate([compressed])) {
      length += piece.length;
      if (length > ICC_LIMIT) return undefined;
      pieces.push(piece);
    }
    return joined(pieces);
  } catch {
    return undefined;
  }
}

/**
 * Do the data inflate to more than twice what the header says? Twice leaves room for the row starts of an interlaced
 * picture. The decoder itself would inflate to the end: twenty megabytes can hold twenty gigabytes.
 */
export async function inflatesTooFar({ data }: PngChunks, { inflated }: PngHeader): Promise<boolean> {
  let length = 0;
  try {
    for await (const piece of inflate(data)) {
      length += piece.length;
      if (length > 2 * inflated + 64) return true;
    }
    return false;
  } catch {
    // Broken data: the decoder judges them, and inflates no more of them than was inflated here.
    return false;
  }
}

/** A chunk at `at` is its length, its type in four letters, its data and a CRC of type and data. */
const typeAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at + 4, at + 8));

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** CRC-32 of each byte, polynomial 0xEDB88320. PNG 3rd edition, annex D. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
