/** What a PNG's first chunk says. */
export interface PngHeader {
  width: number;
  height: number;
  /** Bits a channel: 1, 2, 4, 8 or 16. */
  bitDepth: number;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, then a whole IHDR chunk: length, type, 13 bytes, CRC. */
const HEADER_LENGTH = 8 + 12 + 13;
/** All that the pixels need: the header, palette, transparency, data and end. PNG 3rd edition, section 5. */
const NEEDED = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Reads the header chunk. Undefined if it is not there. */
export function readPngHeader(bytes: Uint8Array): PngHeader | undefined {
  if (bytes.length < HEADER_LENGTH || typeAt(bytes, 8) !== "IHDR") return undefined;
  const view = viewOf(bytes);
  return { width: view.getUint32(16), height: view.getUint32(20), bitDepth: bytes[24]! };
}

/**
 * The PNG with nothing but the chunks that make pixels: a text or colour profile chunk that unpacks to gigabytes never
 * reaches the decoder, nor does an animation. Undefined if a chunk that counts is cut off or fails its checksum, or if
 * there are no data or no end. What follows the end is dropped.
 */
export function slimPng(bytes: Uint8Array): Uint8Array | undefined {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  let hasData = false;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const type = typeAt(bytes, at);
    if (NEEDED.has(type)) {
      if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) return undefined;
      kept.push(bytes.subarray(at, end));
      hasData ||= type === "IDAT";
    }
    if (type === "IEND") return hasData ? joined(kept) : undefined;
    at = end;
  }
  return undefined;
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
