/** What a PNG's first chunk says. */
export interface PngHeader {
  width: number;
  height: number;
  /** The least that the data unpack to, in bytes: one byte a row for its filter, and the pixels. Interlaced ones take more. */
  unpacked: number;
}

/** What a PNG's pixels are made of. */
export interface PngPixels {
  /** A PNG with nothing but the chunks that make pixels. */
  bytes: Uint8Array;
  /** Its compressed data, in pieces. */
  data: readonly Uint8Array<ArrayBuffer>[];
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, then a whole IHDR chunk: length, type, 13 bytes, CRC. */
const HEADER_LENGTH = 8 + 12 + 13;
/** All that the pixels need: the header, palette, transparency, data and end. PNG 3rd edition, section 5. */
const NEEDED = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
/** Ten megabytes in libpng's data chunks of 8 KB are 1,300. Whoever sends more wants to waste our time. */
const MOST_CHUNKS = 10_000;
/** Channels by colour type: grey, RGB, palette, grey with alpha, RGBA. PNG 3rd edition, table 11.1. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Reads the header chunk. Undefined if it is not there or has no such colours. */
export function readPngHeader(bytes: Uint8Array): PngHeader | undefined {
  const channels = CHANNELS[bytes[25] ?? -1];
  if (bytes.length < HEADER_LENGTH || typeAt(bytes, 8) !== "IHDR" || channels === undefined) return undefined;
  const view = viewOf(bytes);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  return { width, height, unpacked: height * (1 + Math.ceil((width * channels * bytes[24]!) / 8)) };
}

/**
 * Leaves out every chunk that makes no pixels: a text or colour profile that unpacks to gigabytes never reaches the decoder, nor
 * does an animation. Undefined if a chunk that counts is cut off or fails its checksum, or if there are no data or no
 * end. What follows the end is dropped.
 */
export function pixelsOf(bytes: Uint8Array<ArrayBuffer>): PngPixels | undefined {
  const view = viewOf(bytes);
  const kept = [bytes.subarray(0, 8)];
  const data: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8, chunks = 0; at + 12 <= bytes.length && chunks < MOST_CHUNKS; chunks++) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const type = typeAt(bytes, at);
    if (NEEDED.has(type)) {
      if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) return undefined;
      kept.push(bytes.subarray(at, end));
      if (type === "IDAT") data.push(bytes.subarray(at + 8, end - 4));
    }
    if (type === "IEND") return data.length > 0 ? { bytes: joined(kept), data } : undefined;
    at = end;
  }
  return undefined;
}

/**
 * Do the data unpack to more than twice what the header says? Twice leaves room for the row starts of an interlaced
 * picture. The decoder itself would unpack to the end: ten megabytes can hold ten gigabytes, which take it ten seconds.
 */
export async function unpacksTooFar({ data }: PngPixels, { unpacked }: PngHeader): Promise<boolean> {
  const inflated = new Blob([...data]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = inflated.getReader();
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      length += value.length;
      if (length > 2 * unpacked + 64) {
        await reader.cancel();
        return true;
      }
    }
  } catch {
    // Broken data: the decoder judges them, and meets no more of them than were read here.
    return false;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
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
