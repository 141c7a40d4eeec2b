import { ICC_LIMIT } from "./icc.ts";
import { inflate } from "./inflate.ts";
import { FileParts, joined } from "./parts.ts";

/** The fields of a PNG's first chunk. */
interface PngHeader {
  width: number;
  height: number;
  /** The picture is gray. */
  gray: boolean;
  /** Its pixels have an alpha channel. */
  alpha: boolean;
  /** The minimum inflatedBytes size of the data, in bytes: a filter byte a row, and the pixels. Interlaced pictures take more. */
  inflatedBytes: number;
}

/** The contents of a PNG. */
interface PngChunks {
  /** The file with only the chunks that define pixels. */
  parts: readonly Uint8Array[];
  /** The compressed pixels, in pieces. */
  data: readonly Uint8Array[];
  /** A color is transparent: there is a tRNS chunk. */
  transparent: boolean;
  /** The TIFF block of the EXIF chunk. */
  exif?: Uint8Array;
  /** The ICC profile, compressed. */
  compressedProfile?: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** The signature, then a complete IHDR chunk: length, type, 13 bytes, CRC. */
const HEADER_LENGTH = 8 + 12 + 13;
/** The chunks that define pixels: header, palette, transparency, data and end. PNG 3rd edition, section 5. */
const PIXEL_CHUNKS = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
/** Twenty megabytes in libpng's data chunks of 8 KB are 2,600 chunks. A file with far more is an attack on the decoder's time. */
const MAX_CHUNKS = 10_000;
/** Channels by color type: gray, RGB, palette, gray with alpha, RGBA. PNG 3rd edition, table 11.1. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Apple's variant for apps. It begins with a CgBI chunk, and other decoders cannot read it. */
export const isApplePng = (bytes: Uint8Array): boolean => typeAt(bytes, 8) === "CgBI";

/** Reads the header chunk. Returns undefined if it is missing or its color type is invalid. */
export function readPngHeader(bytes: Uint8Array): PngHeader | undefined {
  const colorType = bytes[25] ?? -1;
  const channels = CHANNELS[colorType];
  if (bytes.length < HEADER_LENGTH || typeAt(bytes, 8) !== "IHDR" || channels === undefined) return undefined;
  const view = viewOf(bytes);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  return {
    width,
    height,
    gray: colorType === 0 || colorType === 4,
    alpha: colorType >= 4,
    inflatedBytes: height * (1 + Math.ceil((width * channels * bytes[24]!) / 8)),
  };
}

/**
 * Reads a PNG's chunks and drops those that do not define pixels, so that a text chunk that inflates to gigabytes, or an
 * animation, never reaches the decoder. Returns undefined if a chunk that defines pixels is truncated or fails its checksum, or if
 * data or end are missing. Bytes after the end are dropped. Metadata that fail their checksum are ignored.
 */
export function readPngChunks(bytes: Uint8Array): PngChunks | undefined {
  const view = viewOf(bytes);
  const parts = new FileParts(bytes);
  const data: Uint8Array[] = [];
  let transparent = false;
  let exif: Uint8Array | undefined;
  let compressedProfile: Uint8Array | undefined;
  for (let at = 8, chunks = 0; at + 12 <= bytes.length && chunks < MAX_CHUNKS; chunks++) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const type = typeAt(bytes, at);
    const content = bytes.subarray(at + 8, end - 4);
    const isIntact = () => crc32(bytes.subarray(at + 4, end - 4)) === view.getUint32(end - 4);
    if (PIXEL_CHUNKS.has(type)) {
      if (!isIntact()) return undefined;
      if (type === "IDAT") data.push(content);
      if (type === "tRNS") transparent = true;
    } else {
      if (type === "eXIf" && isIntact()) exif ??= content;
      if (type === "iCCP" && content.length <= ICC_LIMIT && isIntact()) compressedProfile ??= profileAfterName(content);
      parts.drop(at, end);
    }
    if (type === "IEND")
      return data.length > 0 ? { parts: parts.until(end), data, transparent, exif, compressedProfile } : undefined;
    at = end;
  }
  return undefined;
}

/** An iCCP chunk holds a name, a zero, a zero for the method, and the compressed profile. PNG 3rd edition, 11.3.2.3. */
const profileAfterName = (content: Uint8Array): Uint8Array | undefined => {
  const end = content.indexOf(0);
  return end >= 1 && end <= 79 && content[end + 1] === 0 ? content.subarray(end + 2) : undefined;
};

/** Inflates an ICC profile. Returns undefined if it cannot be inflatedBytes or has more than 4 MB. */
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
 * Whether the data inflate to more than twice the size that the header implies. The factor two leaves room for the row starts of
 * an interlaced picture. The decoder itself would inflate to the end: 20 MB can inflate to 20 GB.
 */
export async function inflatesTooMuch({ data }: PngChunks, { inflatedBytes }: PngHeader): Promise<boolean> {
  let length = 0;
  try {
    for await (const piece of inflate(data)) {
      length += piece.length;
      if (length > 2 * inflatedBytes + 64) return true;
    }
    return false;
  } catch {
    // Corrupt data: the decoder rejects them, and inflates no more of them than was inflatedBytes here.
    return false;
  }
}

/** The type of the chunk at `at`. A chunk holds its length, a type of four letters, data, and a CRC of type and data. */
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
