import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { pressProfile, RGB_SPACES, rgbProfile } from "../../test/support/icc-profiles.ts";
import {
  chunk,
  exifBlock,
  flatCmykJpeg,
  flatPng,
  pngBomb,
  profileChunk,
  profileSegments,
  segment,
  withChunks,
  withSegments,
} from "../../test/support/made-pictures.ts";
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

test("the format is detected from the content, not the name", async () => {
  expect(await read(jpeg)).toMatchObject({ format: "jpeg", width: 240, height: 240, orientation: 1 });
  expect(await read(png)).toMatchObject({ format: "png", width: 240, height: 240, orientation: 1 });
  expect(await read(webp)).toMatchObject({ format: "webp", width: 240, height: 240, orientation: 1 });
});

test.for([1, 2, 3, 4, 5, 6, 7, 8])("orientation %i is read from JPEG, PNG and WebP alike", async (orientation) => {
  const exif = exifBlock(orientation);
  const app1 = segment(0xe1, concat(latin1("Exif\0\0"), exif));
  expect(await orientationOf(concat(jpeg.subarray(0, 2), app1, jpeg.subarray(2)))).toBe(orientation);
  const eXIf = chunk("eXIf", exif);
  expect(await orientationOf(concat(png.subarray(0, 33), eXIf, png.subarray(33)))).toBe(orientation);
  expect(await orientationOf(extendedWebp(webp, exif))).toBe(orientation);
});

test("an orientation that does not exist, and metadata that cannot be read, are ignored", async () => {
  for (const exif of [exifBlock(0), exifBlock(9), latin1("II*\0\xff\xff\xff\xff"), new Uint8Array(3)]) {
    const app1 = segment(0xe1, concat(latin1("Exif\0\0"), exif));
    expect(await orientationOf(concat(jpeg.subarray(0, 2), app1, jpeg.subarray(2)))).toBe(1);
  }
});

test("the end marker of an embedded thumbnail does not complete a truncated JPEG", async () => {
  const app1 = segment(
    0xe1,
    concat(latin1("Exif\0\0"), exifBlock(1), jpeg.subarray(0, 4000), Uint8Array.of(0xff, 0xd9)),
  );
  const whole = concat(jpeg.subarray(0, 2), app1, jpeg.subarray(2));
  expect(await reasonOf(whole)).toBeUndefined();
  expect(await reasonOf(whole.subarray(0, whole.length - 2000))).toBe("CORRUPT");
});

test("bytes after the end marker are ignored", async () => {
  expect(await reasonOf(concat(jpeg, latin1("PK\x03\x04 anything at all")))).toBeUndefined();
});

test("a JPEG that is truncated anywhere is corrupt", async () => {
  for (let length = 3; length < jpeg.length; length += 97)
    expect(await reasonOf(jpeg.subarray(0, length))).toBe("CORRUPT");
});

test("a PNG that is truncated anywhere is corrupt", async () => {
  for (let length = 8; length < png.length; length += 997)
    expect(await reasonOf(png.subarray(0, length))).toBe("CORRUPT");
});

test("only the chunks that define pixels reach the PNG decoder", async () => {
  const withExtraChunks = concat(
    png.subarray(0, 33),
    chunk("zTXt", new Uint8Array(5000)),
    png.subarray(33),
    latin1("trailing"),
  );
  const pixels = async (file: Uint8Array) => joined(((await read(file)) as Header).parts);
  expect(await pixels(withExtraChunks)).toEqual(await pixels(png));
});

test("a damaged chunk is an error only if it defines pixels", async () => {
  const text = chunk("tEXt", latin1("Comment\0hello"));
  text[text.length - 1]! ^= 0xff;
  expect(await reasonOf(concat(png.subarray(0, 33), text, png.subarray(33)))).toBeUndefined();
  const damaged = png.slice();
  damaged[damaged.length - 100]! ^= 0xff;
  expect(await reasonOf(damaged)).toBe("CORRUPT");
});

test("a file over 20 MB is rejected by its length, and the message has both sizes", async () => {
  expect(await read(new Uint8Array(20 * 1024 * 1024 + 1))).toMatchObject({
    reason: "TOO_LARGE",
    message: "The picture's file has 20.1 MB; the limit is 20 MB. Send a smaller file.",
  });
});

test("more than 50 megapixels are rejected from the header alone, and the message has both sizes", async () => {
  expect(await read(pngOf(10_000, 6_200))).toMatchObject({
    reason: "TOO_MANY_PIXELS",
    message: "The picture has 62 megapixels; the limit is 50. Resize it and try again.",
  });
  expect(await reasonOf(pngOf(10_000, 5_001))).toBe("TOO_MANY_PIXELS");
  expect(await reasonOf(pngOf(10_000, 5_000))).toBe("CORRUPT");
});

test("animated WebP is rejected, a still picture in the extended container is not", async () => {
  expect(await reasonOf(fixture("hostile/animated.webp"))).toBe("UNSUPPORTED_FORMAT");
  expect(await reasonOf(extendedWebp(webp, exifBlock(1)))).toBeUndefined();
  expect(await reasonOf(webp.subarray(0, webp.length - 100))).toBe("CORRUPT");
});

test("a PNG whose data inflate far beyond its header's size is corrupt, and detected quickly", async () => {
  const data = deflateSync(Buffer.alloc(400_000_000));
  const bomb = concat(pngOf(96, 96), chunk("IDAT", data), chunk("IEND", new Uint8Array()));
  const start = performance.now();
  expect(await reasonOf(bomb)).toBe("CORRUPT");
  expect(performance.now() - start).toBeLessThan(200);
});

test("a picture with thousands of segments or chunks is rejected before decoding", async () => {
  const comments = concat(...Array.from({ length: 10_001 }, () => segment(0xfe, new Uint8Array(2))));
  expect(await reasonOf(concat(jpeg.subarray(0, 2), comments, jpeg.subarray(2)))).toBe("CORRUPT");
  const scan = Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 1, 1, 0);
  const scans = concat(...Array.from({ length: 100 }, () => scan));
  expect(await reasonOf(concat(jpeg.subarray(0, jpeg.length - 2), scans, Uint8Array.of(0xff, 0xd9)))).toBe("CORRUPT");
  const texts = concat(...Array.from({ length: 10_001 }, () => chunk("tEXt", latin1("a\0b"))));
  expect(await reasonOf(concat(png.subarray(0, 33), texts, png.subarray(33)))).toBe("CORRUPT");
});

const profile = rgbProfile(RGB_SPACES.ProPhoto);
const profileOf = async (bytes: Uint8Array): Promise<Uint8Array | undefined> => {
  const { profile } = (await read(bytes)) as Header;
  return profile && new Uint8Array(profile);
};

test("a profile is read from JPEG, PNG and WebP alike", async () => {
  for (const picture of [
    withSegments(jpeg, ...profileSegments(profile)),
    withSegments(jpeg, ...profileSegments(profile, 100).reverse()),
    withChunks(png, profileChunk(profile)),
    extendedWebp(webp, exifBlock(1), profile),
  ])
    expect(await profileOf(picture)).toEqual(new Uint8Array(profile));
});

test("a profile with a missing, doubled or misnumbered segment, or in a damaged chunk, is ignored", async () => {
  const [first, second, ...others] = profileSegments(profile, 100) as [Buffer, Buffer, ...Buffer[]];
  for (const segments of [
    [second, ...others],
    [first, second],
    [first, first, second, ...others],
  ])
    expect(await profileOf(withSegments(jpeg, ...segments))).toBeUndefined();
  const damaged = profileChunk(profile);
  damaged[20]! ^= 0xff;
  expect(await profileOf(withChunks(png, damaged))).toBeUndefined();
  expect(await profileOf(withChunks(png, chunk("iCCP", latin1("a\0\0not zlib"))))).toBeUndefined();
});

test("a profile of more than 4 MB is ignored, even if it is small when compressed", async () => {
  const large = Buffer.concat([profile, Buffer.alloc((4 << 20) - profile.length)]);
  const tooLarge = Buffer.concat([large, Buffer.alloc(1)]);
  for (const [given, counts] of [
    [large, true],
    [tooLarge, false],
  ] as const) {
    expect((await profileOf(withSegments(jpeg, ...profileSegments(given)))) !== undefined).toBe(counts);
    expect((await profileOf(withChunks(png, profileChunk(given)))) !== undefined).toBe(counts);
    expect((await profileOf(extendedWebp(webp, exifBlock(1), given))) !== undefined).toBe(counts);
  }
});

test("the parts for the decoder contain no metadata: no profile, orientation, text, position or trailing bytes", async () => {
  const secret = latin1("secret");
  const exif = segment(0xe1, concat(latin1("Exif\0\0"), exifBlock(6), secret));
  const xmp = segment(0xe1, concat(latin1("http://ns.adobe.com/xap/1.0/\0"), secret));
  for (const picture of [
    concat(withSegments(jpeg, exif, xmp, ...profileSegments(profile), segment(0xfe, secret)), secret),
    concat(withChunks(png, profileChunk(profile), chunk("tEXt", secret), chunk("eXIf", exifBlock(6))), secret),
    concat(extendedWebp(webp, concat(exifBlock(6), secret), profile), secret),
  ]) {
    const { parts } = (await read(picture)) as Header;
    const bare = joined(parts);
    expect(Buffer.from(bare).includes("secret")).toBe(false);
    const again = (await read(bare)) as Header;
    expect(again).toMatchObject({ width: 240, height: 240, orientation: 1, profile: undefined });
    expect(joined(again.parts)).toEqual(bare);
  }
});

test("color space and transparency are read from the file", async () => {
  const spaces = async (bytes: Uint8Array) => {
    const { space, transparent } = (await read(bytes)) as Header;
    return [space, transparent];
  };
  expect(await spaces(jpeg)).toEqual(["RGB", false]);
  expect(await spaces(fixture("hostile/grey.jpg"))).toEqual(["GRAY", false]);
  expect(await spaces(flatCmykJpeg(16, 16, [1, 2, 3, 4]))).toEqual(["CMYK", false]);
  expect(await spaces(flatPng(4, 4, [7]))).toEqual(["GRAY", false]);
  expect(await spaces(flatPng(4, 4, [7, 7]))).toEqual(["GRAY", true]);
  expect(await spaces(flatPng(4, 4, [1, 2, 3]))).toEqual(["RGB", false]);
  expect(await spaces(flatPng(4, 4, [1, 2, 3, 4]))).toEqual(["RGB", true]);
  expect(await spaces(withChunks(flatPng(4, 4, [1, 2, 3]), chunk("tRNS", new Uint8Array(6))))).toEqual(["RGB", true]);
  expect(await spaces(webp)).toEqual(["RGB", false]);
});

test.each([
  ["arithmetic coding", (file: Buffer) => changed(file, { marker: 0xc9 })],
  ["arithmetic coding", (file: Buffer) => changed(file, { marker: 0xca })],
  ["lossless coding", (file: Buffer) => changed(file, { marker: 0xc3 })],
  ["hierarchical coding", (file: Buffer) => changed(file, { marker: 0xc5 })],
  ["JPEG-LS coding", (file: Buffer) => changed(file, { marker: 0xf7 })],
  ["12 bits a channel", (file: Buffer) => changed(file, { marker: 0xc1, precision: 12 })],
  ["2 channels", (file: Buffer) => changed(file, { components: 2 })],
] as const)(
  "a complete JPEG with %s is an unsupported format, and the message says what to do",
  async (what, change) => {
    const header = (await read(change(flatCmykJpeg(16, 16, [9, 9, 9, 9])))) as BadPicture;
    expect(header.reason).toBe("UNSUPPORTED_FORMAT");
    expect(header.message).toContain(what);
    expect(header.message).toContain("Save it as");
  },
);

test("a JPEG whose height follows the picture, and Apple's PNG, are unsupported formats", async () => {
  const late = changed(flatCmykJpeg(16, 16, [9, 9, 9, 9]), { height: 0 });
  const height = segment(0xdc, Uint8Array.of(0, 16));
  const lateHeight = concat(late.subarray(0, -2), height, late.subarray(-2));
  expect(await reasonOf(lateHeight)).toBe("UNSUPPORTED_FORMAT");
  expect(await reasonOf(concat(png.subarray(0, 8), chunk("CgBI", new Uint8Array(4)), png.subarray(8)))).toBe(
    "UNSUPPORTED_FORMAT",
  );
});

test("an orientation after the first 64 KB of EXIF is ignored", async () => {
  const far = Buffer.concat([exifBlock(6), Buffer.alloc(70_000)]);
  expect(await orientationOf(withChunks(png, chunk("eXIf", far)))).toBe(6);
  const beyond = Buffer.alloc(70_000);
  exifBlock(6).copy(beyond, 65_536);
  beyond.write("II*\0", "latin1");
  beyond.writeUInt32LE(65_544, 4);
  expect(await orientationOf(withChunks(png, chunk("eXIf", beyond)))).toBe(1);
  expect(await orientationOf(extendedWebp(webp, beyond))).toBe(1);
});

test("ten megabytes of metadata need no more memory than their size", async () => {
  const block = Buffer.alloc(65_527);
  block.write("II*\0", "latin1");
  block.writeUInt32LE(8, 4);
  block.writeUInt16LE(5_400, 8);
  for (let entry = 10; entry < 64_800; entry += 12) {
    block.writeUInt16LE(0x9286, entry);
    block.writeUInt16LE(7, entry + 2);
    block.writeUInt32LE(60_000, entry + 4);
    block.writeUInt32LE(100, entry + 8);
  }
  const exif = segment(0xe1, concat(latin1("Exif\0\0"), block));
  const padded = [
    withSegments(jpeg, ...Array.from({ length: 150 }, () => exif)),
    withChunks(png, chunk("eXIf", Buffer.concat(Array.from({ length: 150 }, () => block)))),
    extendedWebp(webp, Buffer.concat(Array.from({ length: 150 }, () => block))),
  ];
  const before = process.memoryUsage().rss;
  for (const picture of padded) expect(await orientationOf(picture)).toBe(1);
  expect((process.memoryUsage().rss - before) / 2 ** 20, "MB").toBeLessThan(60);
});

test("no content of a user's picture is written to the console", async () => {
  const written = (["debug", "info", "log", "warn", "error"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => undefined),
  );
  try {
    const text = deflateSync(Buffer.alloc(2_000_000));
    const xmp = segment(0xe1, latin1("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><broken"));
    for (const picture of [
      withSegments(
        jpeg,
        xmp,
        segment(0xe1, latin1("Exif\0\0II*\0\xff\xff\xff\xff")),
        segment(0xed, latin1("Photoshop 3.0\0")),
      ),
      withSegments(jpeg, ...profileSegments(Buffer.alloc(200, 7))),
      withSegments(flatCmykJpeg(16, 16, [1, 2, 3, 4]), ...profileSegments(pressProfile())),
      withChunks(
        png,
        chunk("zTXt", concat(latin1("Raw profile type exif\0\0"), text)),
        chunk("iTXt", latin1("XML:com.adobe.xmp\0\0\0\0\0<")),
      ),
      extendedWebp(webp, latin1("MM\0*\0\0\0\x08\xff\xff")),
      ...["exif-bad-offsets.jpg", "exif-loop.jpg", "exif-many-blocks.jpg", "photo.heic", "photo.avif"].map((name) =>
        fixture(`hostile/${name}`),
      ),
    ])
      await read(picture);
    for (const level of written) expect(level).not.toHaveBeenCalled();
  } finally {
    for (const level of written) level.mockRestore();
  }
});

test("a PNG of 3 MB that would inflate to 3 GB needs no more memory than its header declares", async () => {
  const bomb = pngBomb(1_000, 3e9);
  expect(bomb.length).toBeLessThan(3.2e6);
  const before = process.memoryUsage().rss;
  expect(await reasonOf(bomb)).toBe("CORRUPT");
  expect((process.memoryUsage().rss - before) / 2 ** 20, "MB").toBeLessThan(30);
});

test("a picture above the decoding limit is not inflated", async () => {
  expect(await read(pngBomb(2_000, 3e9))).toMatchObject({ format: "png", width: 2_000 });
});

test("no error message repeats the content of the picture", async () => {
  const header = (await read(latin1("<script>secret</script>"))) as BadPicture;
  expect(header.message).not.toContain("secret");
});

/** Changes fields of the frame header of {@link flatCmykJpeg}. ITU-T T.81, B.2.2. */
function changed(
  jpeg: Buffer,
  {
    marker = 0xc0,
    precision = 8,
    height = 16,
    components = 4,
  }: Partial<Record<"marker" | "precision" | "height" | "components", number>>,
): Buffer {
  const at = jpeg.indexOf(Uint8Array.of(0xff, 0xc0));
  const file = Buffer.from(jpeg);
  file[at + 1] = marker;
  file[at + 4] = precision;
  file.writeUInt16BE(height, at + 5);
  file[at + 9] = components;
  return file;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The beginning of an 8-bit gray PNG: signature and header, no data. */
function pngOf(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return concat(png.subarray(0, 8), chunk("IHDR", header));
}

/** Wraps a simple lossy WebP in the extended container, with EXIF after it and an optional profile before it. */
function extendedWebp(simple: Uint8Array, exif: Uint8Array, profile?: Uint8Array): Uint8Array {
  const riffChunk = (type: string, data: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    return concat(latin1(type), length, data, new Uint8Array(data.length % 2));
  };
  const size = (side: number) => Uint8Array.of((side - 1) & 0xff, (side - 1) >> 8, 0);
  const flags = 0x08 | (profile ? 0x20 : 0);
  const extended = riffChunk("VP8X", concat(Uint8Array.of(flags, 0, 0, 0), size(240), size(240)));
  const iccp = profile ? riffChunk("ICCP", profile) : new Uint8Array();
  const body = concat(latin1("WEBP"), extended, iccp, simple.subarray(12), riffChunk("EXIF", exif));
  return riffChunk("RIFF", body);
}
