import { constants, crc32, deflateRawSync } from "node:zlib";

/**
 * Pictures whose cost is out of proportion to their size. They are made when they are needed, byte by byte, and the same in every
 * run. PNG: https://www.w3.org/TR/png-3/. JPEG: ITU-T T.81. zlib: RFC 1950, RFC 1951.
 */

const MB = 2 ** 20;

/** Zeros that one repeated block of deflated data stands for. */
const BLOCK = MB;

/** A zlib stream that inflates to so many zero bytes: about one byte for a thousand. */
function zlibZeros(bytes: number): Buffer {
  // After a full flush nothing refers back, so that a block can be repeated as it is. RFC 1951, section 3.2.
  const block = (length: number) => {
    const deflated = deflateRawSync(new Uint8Array(length), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
    return deflated;
  };
  const whole = block(BLOCK);
  const rest = bytes % BLOCK;
  // Adler-32 of n zeros: the low half stays 1, the high half is n modulo 65521. RFC 1950, section 8.2.
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(((bytes % 65_521) * 65_536 + 1) >>> 0);
  return Buffer.concat([
    Buffer.from([0x78, 0xda]),
    ...Array.from({ length: Math.floor(bytes / BLOCK) }, () => whole),
    ...(rest > 0 ? [block(rest)] : []),
    Buffer.from([0x03, 0x00]), // an empty last block
    checksum,
  ]);
}

interface PngHeader {
  width: number;
  height: number;
  bitDepth?: number;
  /** 0 grey, 2 RGB, 3 palette, 6 RGB with alpha. */
  colourType?: 0 | 2 | 6;
  interlaced?: boolean;
}

const CHANNELS = { 0: 1, 2: 3, 6: 4 } as const;

/** A black PNG. `inflated`: the size of its pixel data where that is not what the header allows; `chunks`: before the pixels. */
export function png(
  { width, height, bitDepth = 8, colourType = 2, interlaced = false }: PngHeader,
  { inflated, chunks = [] }: { inflated?: number; chunks?: Buffer[] } = {},
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  const row = (columns: number) => 1 + Math.ceil((columns * bitDepth * CHANNELS[colourType]) / 8);
  const pixels = interlaced
    ? adam7(width, height).reduce((sum, [columns, rows]) => sum + (columns > 0 ? row(columns) * rows : 0), 0)
    : row(width) * height;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk("IHDR", header),
    ...chunks,
    pngChunk("IDAT", zlibZeros(inflated ?? pixels)),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Columns and rows of the seven passes of an interlaced picture. PNG, section 8.1. */
const adam7 = (width: number, height: number): [number, number][] =>
  (
    [
      [0, 0, 8, 8],
      [4, 0, 8, 8],
      [0, 4, 4, 8],
      [2, 0, 4, 4],
      [0, 2, 2, 4],
      [1, 0, 2, 2],
      [0, 1, 1, 2],
    ] as const
  ).map(([x, y, dx, dy]) => [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)]);

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** A compressed text chunk that inflates to so many bytes. PNG, section 11.3.3.3. */
export const zTxt = (inflated: number): Buffer =>
  pngChunk("zTXt", Buffer.concat([Buffer.from("Comment\0\0", "latin1"), zlibZeros(inflated)]));

/** An ICC profile that inflates to so many bytes. PNG, section 11.3.2.3. */
export const iccp = (inflated: number): Buffer =>
  pngChunk("iCCP", Buffer.concat([Buffer.from("profile\0\0", "latin1"), zlibZeros(inflated)]));

/**
 * A TIFF directory whose entries are all the orientation, each of which claims to be as many bytes as the whole: `entries` × `bytes`
 * numbers for whoever reads them all. TIFF 6.0, section 2; Exif 2.3, section 4.6.4 A.
 */
export function exif(entries: number, bytes: number): Buffer {
  const tiff = Buffer.alloc(Math.max(bytes, 14 + entries * 12));
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(entries, 8);
  for (let i = 0; i < entries; i++) {
    const at = 10 + i * 12;
    tiff.writeUInt16BE(0x0112, at); // Orientation
    tiff.writeUInt16BE(1, at + 2); // BYTE
    tiff.writeUInt32BE(bytes - 8, at + 4);
    tiff.writeUInt32BE(8, at + 8);
  }
  return tiff;
}

/** A flat grey JPEG of one component: two bits a block of 8×8 pixels. */
export function jpeg(width: number, height: number): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    quantization(),
    frame(0xc0, width, height),
    huffman(0x00, [0]), // DC: code 0 is "no difference"
    huffman(0x10, [0]), // AC: code 0 is "end of block"
    scan(0, 63, 0),
    Buffer.alloc(Math.ceil((blocks * 2) / 8)),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Blocks that the longest end-of-band run covers: EOB14, with all its 14 bits set. T.81, G.1.2.2. */
const LONGEST_RUN = 32_767;

/** A progressive grey JPEG of 5208×3624 pixels with many scans, each of which passes over all blocks and changes nothing: 30 bytes each. */
export function progressiveJpeg(scans: number): Buffer {
  const [width, height] = [651 * 8, 453 * 8]; // 651 × 453 blocks are nine runs of the longest
  const blocks = 651 * 453;
  const runs = blocks / LONGEST_RUN;
  const bits = Array.from({ length: runs }, () => `0${"1".repeat(14)}`).join("");
  const band = Buffer.concat([scan(1, 63, 0), stuffed(bits)]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    quantization(),
    frame(0xc2, width, height),
    huffman(0x00, [0]),
    huffman(0x10, [0xe0]), // AC: code 0 is EOB14
    scan(0, 0, 0),
    Buffer.alloc(Math.ceil(blocks / 8)),
    ...Array.from({ length: scans }, () => band),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Bits as bytes, filled up with ones; a byte FF is followed by 00. T.81, F.1.2.3. */
function stuffed(bits: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, "1"), 2);
    bytes.push(byte);
    if (byte === 0xff) bytes.push(0);
  }
  return Buffer.from(bytes);
}

/** Puts segments behind a JPEG's first marker: `marker` is E0 to EF for APP0 to APP15. A segment holds at most 65,533 bytes. */
export const withSegments = (picture: Buffer, marker: number, contents: Uint8Array[]): Buffer =>
  Buffer.concat([picture.subarray(0, 2), ...contents.map((content) => segment(marker, content)), picture.subarray(2)]);

const LARGEST_SEGMENT = 65_533;

function segment(marker: number, content: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

const quantization = () => segment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]));

function frame(marker: number, width: number, height: number): Buffer {
  const content = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  content.writeUInt16BE(height, 1);
  content.writeUInt16BE(width, 3);
  return segment(marker, content);
}

/** A table with one code of one bit, 0. */
const huffman = (destination: number, [symbol]: [number]) =>
  segment(0xc4, Buffer.from([destination, 1, ...Array(15).fill(0), symbol]));

const scan = (first: number, last: number, approximation: number) =>
  segment(0xda, Buffer.from([1, 1, 0x00, first, last, approximation]));

/** A JPEG with an ICC profile in numbered pieces. ICC.1, annex B.4. */
export function withIccProfile(picture: Buffer, bytes: number): Buffer {
  const most = LARGEST_SEGMENT - 14;
  const pieces = Math.ceil(bytes / most);
  return withSegments(
    picture,
    0xe2,
    Array.from({ length: pieces }, (_, i) =>
      Buffer.concat([
        Buffer.from("ICC_PROFILE\0", "latin1"),
        Buffer.from([i + 1, pieces]),
        Buffer.alloc(Math.min(most, bytes - i * most)),
      ]),
    ),
  );
}

/** The header of an animated WebP and many frames that hold nothing. RFC 9649. */
export function animatedWebp(side: number, frames: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, "latin1");
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  };
  const canvas = Buffer.alloc(10);
  canvas[0] = 0b10; // animation
  canvas.writeUIntLE(side - 1, 4, 3);
  canvas.writeUIntLE(side - 1, 7, 3);
  const piece = Buffer.alloc(16);
  piece.writeUIntLE(side - 1, 6, 3);
  piece.writeUIntLE(side - 1, 9, 3);
  const body = Buffer.concat([
    Buffer.from("WEBP", "latin1"),
    chunk("VP8X", canvas),
    chunk("ANIM", Buffer.alloc(6)),
    ...Array.from({ length: frames }, () => chunk("ANMF", piece)),
  ]);
  return chunk("RIFF", body);
}

/** The header of a GIF of 65535×65535 pixels that repeats for ever, and many empty frames. GIF89a. */
export function animatedGif(frames: number): Buffer {
  const header = Buffer.from("GIF89a\xff\xff\xff\xff\x00\x00\x00", "latin1");
  const frame = Buffer.from("\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00", "latin1");
  return Buffer.concat([header, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}
