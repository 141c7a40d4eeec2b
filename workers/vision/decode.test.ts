import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { codecsFromPackages } from "../../container/pictures/codecs.ts";
import type { Codecs } from "../../imaging/codecs/codecs.ts";
import { DEFAULT_LIMITS } from "../../imaging/codecs/header.ts";
import type { Raster } from "../../imaging/raster.ts";
import type { BadImage } from "../platform/picture.ts";
import { decode, prepare, type Shrink, type Upright } from "./decode.ts";

const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url)));

let codecs: Codecs;
beforeAll(async () => {
  codecs = await codecsFromPackages();
});

async function read(bytes: Uint8Array, shrink?: Shrink, limits = DEFAULT_LIMITS): Promise<Upright | BadImage> {
  const prepared = await prepare(bytes, limits, shrink);
  return "kind" in prepared ? prepared : decode(prepared, codecs);
}

async function rasterOf(path: string): Promise<Raster> {
  const upright = await read(fixture(path));
  if ("kind" in upright) throw new Error(upright.message);
  return upright.raster;
}

/** The mean absolute difference of two pictures of the same size, in levels of 0 to 255. */
function difference(a: Raster, b: Raster): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
}

test.for([2, 3, 4, 5, 6, 7, 8])("orientation %i gives the same upright picture", async (orientation) => {
  const upright = await rasterOf(`hostile/orientation-${orientation}.jpg`);
  expect(upright).toMatchObject({ width: 240, height: 300 });
  expect(difference(upright, await rasterOf("hostile/orientation-1.jpg"))).toBeLessThan(2);
});

test("a picture has the same pixels in each file format", async () => {
  const plain = await rasterOf("hostile/interlaced.png");
  for (const [same, maxDifference] of [
    ["rgb-16bit.png", 0],
    ["png-ztxt-bomb.png", 0],
    ["no-subsampling.jpg", 3],
    ["jpeg-named.png", 3],
    ["progressive.jpg", 3],
    ["optimised-420.jpg", 3],
    ["trailing-garbage.jpg", 3],
    ["still.webp", 3],
    ["palette.png", 8],
  ] as const) {
    expect(difference(await rasterOf(`hostile/${same}`), plain), same).toBeLessThanOrEqual(maxDifference);
  }
});

test("CMYK is decoded to the right colors", async () => {
  expect(difference(await rasterOf("hostile/cmyk.jpg"), await rasterOf("hostile/interlaced.png"))).toBeLessThan(6);
});

test("gray pictures with 8 and 16 bits are decoded to three equal channels", async () => {
  const eight = await rasterOf("hostile/grey.jpg");
  const sixteen = await rasterOf("hostile/grey-16bit.png");
  expect(difference(eight, sixteen)).toBeLessThan(2);
  for (let i = 0; i < sixteen.data.length; i += 4000) {
    expect(sixteen.data[i + 1]).toBe(sixteen.data[i]);
    expect(sixteen.data[i + 2]).toBe(sixteen.data[i]);
  }
});

test("fully transparent pixels become white", async () => {
  const { data } = await rasterOf("hostile/fully-transparent.png");
  expect(data.every((value) => value === 255)).toBe(true);
});

test("a failed decoder does not affect the next picture", async () => {
  const good = fixture("hostile/palette.png");
  const bad = fixture("hostile/png-claims-50000x50000.png").slice();
  for (let i = 0; i < 3; i++) {
    await expect(codecs.png(bad)).rejects.toThrow();
    await expect(codecs.png(good)).resolves.toMatchObject({ width: 240 });
    await expect(codecs.jpeg(fixture("hostile/magic-random.jpg"))).rejects.toThrow();
    await expect(codecs.webp(good)).rejects.toThrow();
    await expect(codecs.webp(fixture("hostile/still.webp"))).resolves.toMatchObject({ width: 240 });
  }
});

/** Limits under which a picture of 240×300 pixels is too large to decode in the isolate. */
const smallLimits = { ...DEFAULT_LIMITS, decodedPixels: 60_000 };

test("a picture that is too large to decode is shrunk first, and its original size is reported", async () => {
  const boundsSeen: unknown[] = [];
  const shrink: Shrink = async (_, bounds) => {
    boundsSeen.push(bounds);
    return fixture("hostile/small-face-48.jpg");
  };
  const upright = await read(fixture("hostile/orientation-6.jpg"), shrink, smallLimits);
  expect(upright).toMatchObject({ width: 240, height: 300, raster: { width: 48, height: 48 } });
  expect(boundsSeen, "bounds of the stored, not yet rotated pixels").toEqual([{ width: 273, height: 219 }]);
});

test("the shrunk picture is not rotated a second time", async () => {
  const turned = fixture("hostile/orientation-6.jpg");
  const upright = await read(fixture("hostile/two-faces.jpg"), async () => turned, {
    ...smallLimits,
    decodedPixels: 72_000,
  });
  expect(upright).toMatchObject({ raster: { width: 300, height: 240 } });
});

test("a large picture is refused if it cannot be shrunk", async () => {
  const failing: Shrink = () => Promise.reject(new Error("out of order"));
  for (const shrink of [undefined, failing, async () => new Uint8Array(5)]) {
    const refusal = await read(fixture("hostile/orientation-1.jpg"), shrink, smallLimits);
    expect(refusal).toMatchObject({ kind: "badImage", reason: "TOO_MANY_PIXELS" });
  }
});

test("HEIC is decoded by `shrink`, and refused without it", async () => {
  const heic = fixture("hostile/photo.heic");
  const jpeg = fixture("hostile/orientation-1.jpg");
  expect(await read(heic, async () => jpeg)).toMatchObject({ width: 240, height: 300 });
  const refused = {
    kind: "badImage",
    reason: "UNSUPPORTED_FORMAT",
    message: expect.stringContaining("Send it as JPEG"),
  };
  expect(await read(heic)).toMatchObject(refused);
  expect(await read(heic, () => Promise.reject(new Error("cannot read it")))).toMatchObject(refused);
});

test("the reported size of a HEIC is that of the whole upright picture, not of a tile", async () => {
  // As from an iPhone: tiles of 512×512 that form 4032×3024 pixels. Only the decoder applies the rotation.
  const heic = concat(
    heifBox("ftyp", text("heic")),
    heifBox("meta", bytes(0), heifBox("iprp", heifBox("ipco", size(512, 512), size(4032, 3024)))),
  );
  expect(await read(heic, async () => fixture("hostile/orientation-1.jpg"))).toMatchObject({
    width: 3024,
    height: 4032,
  });
});

const concat = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const text = (letters: string): Uint8Array => new Uint8Array(Buffer.from(letters, "latin1"));
const bytes = (...numbers: number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  for (const [i, number] of numbers.entries()) view.setUint32(4 * i, number);
  return new Uint8Array(view.buffer);
};
/** A box of the ISO base media file format: length, type, contents. */
const heifBox = (type: string, ...contents: Uint8Array[]): Uint8Array => {
  const inside = concat(...contents);
  return concat(bytes(inside.length + 8), text(type), inside);
};
const size = (width: number, height: number): Uint8Array => heifBox("ispe", bytes(0, width, height));
