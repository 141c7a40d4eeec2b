import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { type BadPicture, DEFAULT_LIMITS, type Header, readHeader } from "./header.ts";
import { joined } from "./parts.ts";

const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url)));
const jpeg = fixture("hostile/jpeg-named.png");
const png = fixture("hostile/interlaced.png");
const webp = fixture("hostile/still.webp");

const read = (bytes: Uint8Array): Promise<Header | BadPicture> => readHeader(bytes, DEFAULT_LIMITS);
const reasonOf = async (bytes: Uint8Array): Promise<string | undefined> => {
  const header = await read(bytes);
  return "kind" in header ? header.reason : undefined;
};
const orientationOf = async (bytes: Uint8Array): Promise<number | undefined> => {
  const header = await read(bytes);
  return "kind" in header ? undefined : header.orientation;
};

test("a picture is what its content says, not its name", async () => {
  expect(await read(jpeg)).toMatchObject({ format: "jpeg", width: 240, height: 240, orientation: 1 });
  expect(await read(png)).toMatchObject({ format: "png", width: 240, height: 240, orientation: 1 });
  expect(await read(webp)).toMatchObject({ format: "webp", width: 240, height: 240, orientation: 1 });
});

test.for([1, 2, 3, 4, 5, 6, 7, 8])("orientation %i is read from JPEG, PNG and WebP alike", async (orientation) => {
  const exif = exifWith(orientation);
  const app1 = segment(0xe1, concat(latin1("Exif\0\0"), exif));
  expect(await orientationOf(concat(jpeg.subarray(0, 2), app1, jpeg.subarray(2)))).toBe(orientation);
  const eXIf = chunk("eXIf", exif);
  expect(await orientationOf(concat(png.subarray(0, 33), eXIf, png.subarray(33)))).toBe(orientation);
  expect(await orientationOf(extendedWebp(webp, exif))).toBe(orientation);
});

test("an orientation that does not exist, and metadata that cannot be read, are ignored", async () => {
  for (const exif of [exifWith(0), exifWith(9), latin1("II*\0\xff\xff\xff\xff"), new Uint8Array(3)]) {
    const app1 = segment(0xe1, concat(latin1("Exif\0\0"), exif));
    expect(await orientationOf(concat(jpeg.subarray(0, 2), app1, jpeg.subarray(2)))).toBe(1);
  }
});

test("the end marker of an embedded thumbnail does not close a JPEG that breaks off", async () => {
  const app1 = segment(
    0xe1,
    concat(latin1("Exif\0\0"), exifWith(1), jpeg.subarray(0, 4000), Uint8Array.of(0xff, 0xd9)),
  );
  const whole = concat(jpeg.subarray(0, 2), app1, jpeg.subarray(2));
  expect(await reasonOf(whole)).toBeUndefined();
  expect(await reasonOf(whole.subarray(0, whole.length - 2000))).toBe("CORRUPT");
});

test("bytes behind the end marker do not matter", async () => {
  expect(await reasonOf(concat(jpeg, latin1("PK\x03\x04 anything at all")))).toBeUndefined();
});

test("a JPEG cut anywhere is corrupt", async () => {
  for (let length = 3; length < jpeg.length; length += 97)
    expect(await reasonOf(jpeg.subarray(0, length))).toBe("CORRUPT");
});

test("a PNG cut anywhere is corrupt", async () => {
  for (let length = 8; length < png.length; length += 997)
    expect(await reasonOf(png.subarray(0, length))).toBe("CORRUPT");
});

test("only the chunks that make pixels reach the PNG decoder", async () => {
  const dressed = concat(
    png.subarray(0, 33),
    chunk("zTXt", new Uint8Array(5000)),
    png.subarray(33),
    latin1("trailing"),
  );
  const pixels = async (file: Uint8Array) => joined(((await read(file)) as Header).parts);
  expect(await pixels(dressed)).toEqual(await pixels(png));
});

test("a damaged chunk counts only where it makes pixels", async () => {
  const text = chunk("tEXt", latin1("Comment\0hello"));
  text[text.length - 1]! ^= 0xff;
  expect(await reasonOf(concat(png.subarray(0, 33), text, png.subarray(33)))).toBeUndefined();
  const damaged = png.slice();
  damaged[damaged.length - 100]! ^= 0xff;
  expect(await reasonOf(damaged)).toBe("CORRUPT");
});

test("a file over 20 MB is refused by its length alone, with both numbers", async () => {
  expect(await read(new Uint8Array(20 * 1024 * 1024 + 1))).toMatchObject({
    reason: "TOO_LARGE",
    message: "The picture's file has 20.1 MB; the limit is 20 MB. Send a smaller one.",
  });
});

test("more than 50 megapixels are refused from the header, whatever follows it, with both numbers", async () => {
  expect(await read(pngOf(10_000, 6_200))).toMatchObject({
    reason: "TOO_MANY_PIXELS",
    message: "The picture has 62 megapixels; the limit is 50. Send a smaller one.",
  });
  expect(await reasonOf(pngOf(10_000, 5_001))).toBe("TOO_MANY_PIXELS");
  expect(await reasonOf(pngOf(10_000, 5_000))).toBe("CORRUPT");
});

test("animation is refused, stills in the extended WebP container are not", async () => {
  expect(await reasonOf(fixture("hostile/animated.webp"))).toBe("UNSUPPORTED_FORMAT");
  expect(await reasonOf(extendedWebp(webp, exifWith(1)))).toBeUndefined();
  expect(await reasonOf(webp.subarray(0, webp.length - 100))).toBe("CORRUPT");
});

test("a PNG whose data unpack far beyond what its header says is corrupt, and found so at once", async () => {
  const data = deflateSync(Buffer.alloc(400_000_000));
  const bomb = concat(pngOf(96, 96), chunk("IDAT", data), chunk("IEND", new Uint8Array()));
  const start = performance.now();
  expect(await reasonOf(bomb)).toBe("CORRUPT");
  expect(performance.now() - start).toBeLessThan(200);
});

test("a picture made of thousands of parts is refused before a decoder wades through them", async () => {
  const comments = concat(...Array.from({ length: 10_001 }, () => segment(0xfe, new Uint8Array(2))));
  expect(await reasonOf(concat(jpeg.subarray(0, 2), comments, jpeg.subarray(2)))).toBe("CORRUPT");
  const scan = Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 1, 1, 0);
  const scans = concat(...Array.from({ length: 100 }, () => scan));
  expect(await reasonOf(concat(jpeg.subarray(0, jpeg.length - 2), scans, Uint8Array.of(0xff, 0xd9)))).toBe("CORRUPT");
  const texts = concat(...Array.from({ length: 10_001 }, () => chunk("tEXt", latin1("a\0b"))));
  expect(await reasonOf(concat(png.subarray(0, 33), texts, png.subarray(33)))).toBe("CORRUPT");
});

test("no refusal repeats what was sent", async () => {
  const header = (await read(latin1("<script>secret</script>"))) as BadPicture;
  expect(header.message).not.toContain("secret");
});

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A TIFF block whose only entry is the orientation. */
function exifWith(orientation: number): Uint8Array {
  const block = new DataView(new ArrayBuffer(26));
  block.setUint32(0, 0x49492a00);
  block.setUint32(4, 8, true);
  block.setUint16(8, 1, true);
  block.setUint16(10, 0x0112, true);
  block.setUint16(12, 3, true);
  block.setUint32(14, 1, true);
  block.setUint16(18, orientation, true);
  return new Uint8Array(block.buffer);
}

/** A JPEG segment: marker, length, data. */
function segment(marker: number, data: Uint8Array): Uint8Array {
  const length = data.length + 2;
  return concat(Uint8Array.of(0xff, marker, length >> 8, length & 0xff), data);
}

/** A PNG chunk: length, type, data, checksum. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length);
  frame.write(type, 4, "latin1");
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(concat(latin1(type), data)));
  return concat(frame, data, checksum);
}

/** The beginning of an 8-bit grey PNG: signature and header, no data. */
function pngOf(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return concat(png.subarray(0, 8), chunk("IHDR", header));
}

/** A simple lossy WebP in the extended container, with EXIF behind it. */
function extendedWebp(simple: Uint8Array, exif: Uint8Array): Uint8Array {
  const riffChunk = (type: string, data: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    return concat(latin1(type), length, data, new Uint8Array(data.length % 2));
  };
  const size = (side: number) => Uint8Array.of((side - 1) & 0xff, (side - 1) >> 8, 0);
  const extended = riffChunk("VP8X", concat(Uint8Array.of(0x08, 0, 0, 0), size(240), size(240)));
  const body = concat(latin1("WEBP"), extended, simple.subarray(12), riffChunk("EXIF", exif));
  return riffChunk("RIFF", body);
}
