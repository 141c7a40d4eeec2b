import { constants, crc32, deflateRawSync, deflateSync } from "node:zlib";

/** Generates pictures that the available encoders cannot write. */

/** A JPEG segment: marker, length, data. */
export const segment = (marker: number, data: Uint8Array): Buffer => {
  const length = data.length + 2;
  return Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), data]);
};

/** Inserts segments before all others of a JPEG. */
export const withSegments = (jpeg: Uint8Array, ...segments: Uint8Array[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);

/** A profile in segments of at most `share` bytes each. */
export const profileSegments = (profile: Uint8Array, share = 65_519): Buffer[] => {
  const count = Math.ceil(profile.length / share);
  return Array.from({ length: count }, (_, i) =>
    segment(
      0xe2,
      Buffer.concat([
        Buffer.from("ICC_PROFILE\0"),
        Uint8Array.of(i + 1, count),
        profile.subarray(i * share, (i + 1) * share),
      ]),
    ),
  );
};

/** A PNG chunk: length, type, data, checksum. */
export const chunk = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
};

/** Signature and header. */
const PNG_START = 8 + 25;

/** Inserts chunks after the header of a PNG. */
export const withChunks = (png: Uint8Array, ...chunks: Uint8Array[]): Buffer =>
  Buffer.concat([png.subarray(0, PNG_START), ...chunks, png.subarray(PNG_START)]);

export const profileChunk = (profile: Uint8Array): Buffer =>
  chunk("iCCP", Buffer.concat([Buffer.from("profile\0\0"), deflateSync(profile)]));

/** A PNG of one color. It is gray if `color` has one channel. */
export function flatPng(width: number, height: number, color: readonly number[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = { 1: 0, 2: 4, 3: 2, 4: 6 }[color.length] ?? 2;
  const row = Buffer.concat([Buffer.alloc(1), Buffer.alloc(width * color.length, Uint8Array.from(color))]);
  const data = deflateSync(Buffer.alloc(row.length * height, row));
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

/** A square RGB PNG whose data inflate to `inflated` zero bytes and do not end. 1 MB of the file inflates to 1,030 MB. */
export function pngBomb(side: number, inflated: number): Buffer {
  const piece = 16 << 20;
  const zeros = deflateRawSync(Buffer.alloc(piece), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const data = [Uint8Array.of(0x78, 0xda), ...Array.from({ length: Math.ceil(inflated / piece) }, () => zeros)];
  const start = flatPng(side, side, [0, 0, 0]).subarray(0, PNG_START);
  return Buffer.concat([start, chunk("IDAT", Buffer.concat(data)), chunk("IEND", Buffer.alloc(0))]);
}

/** A TIFF block with only the orientation. */
export function exifBlock(orientation: number): Buffer {
  const block = Buffer.alloc(26);
  block.write("II*\0", "latin1");
  block.writeUInt32LE(8, 4);
  block.writeUInt16LE(1, 8);
  block.writeUInt16LE(0x0112, 10);
  block.writeUInt16LE(3, 12);
  block.writeUInt32LE(1, 14);
  block.writeUInt16LE(orientation, 18);
  return block;
}

/**
 * A baseline JPEG with four components and one color. All blocks except the first are zeros. Quantized by 1, a level v is the DC
 * coefficient 8·(v − 128). ITU-T T.81. `levels` are the values in the file, where 255 means no ink.
 */
export function flatCmykJpeg(width: number, height: number, levels: readonly number[]): Buffer {
  const sides = (side: number) => [side >> 8, side & 0xff];
  const frame = [8, ...sides(height), ...sides(width), 4, ...levels.flatMap((_, i) => [i + 1, 0x11, 0])];
  /** DC: twelve categories with four bits each. AC: "end of block" with one bit. */
  const dc = [
    0x00,
    0,
    0,
    0,
    12,
    ...Array<number>(12).fill(0),
    ...Array.from({ length: 12 }, (_, category) => category),
  ];
  const ac = [0x10, 1, ...Array<number>(15).fill(0), 0];
  const scan = [4, ...levels.flatMap((_, i) => [i + 1, 0x00]), 0, 63, 0];
  let bits = "";
  for (const level of levels) {
    const difference = 8 * (level - 128);
    const category = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    const value = difference < 0 ? difference + 2 ** category - 1 : difference;
    bits += category.toString(2).padStart(4, "0");
    bits += category === 0 ? "" : value.toString(2).padStart(category, "0");
    bits += "0";
  }
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const first = bits.padEnd(8 * Math.ceil(bits.length / 8), "0").match(/.{8}/g)!;
  const start = first.flatMap((byte) => (byte === "11111111" ? [0xff, 0] : [Number.parseInt(byte, 2)]));
  const rest = Math.ceil((bits.length + 20 * (blocks - 1)) / 8) - first.length;
  return Buffer.concat([
    Uint8Array.of(0xff, 0xd8),
    segment(0xdb, Uint8Array.from([0, ...Array<number>(64).fill(1)])),
    segment(0xc0, Uint8Array.from(frame)),
    segment(0xc4, Uint8Array.from(dc)),
    segment(0xc4, Uint8Array.from(ac)),
    segment(0xda, Uint8Array.from(scan)),
    Uint8Array.from(start),
    Buffer.alloc(Math.max(0, rest)),
    Uint8Array.of(0xff, 0xd9),
  ]);
}
