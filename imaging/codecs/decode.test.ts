import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { codecsFromPackages } from "../../container/pictures/codecs.ts";
import { pressProfile, RGB_SPACES, rgbProfile } from "../../test/support/icc-profiles.ts";
import {
  flatCmykJpeg,
  flatPng,
  profileChunk,
  profileSegments,
  withChunks,
  withSegments,
} from "../../test/support/made-pictures.ts";
import type { Raster } from "../raster.ts";
import type { Codecs } from "./codecs.ts";
import { decodePicture } from "./decode.ts";
import { type BadPicture, DEFAULT_LIMITS, readHeader } from "./header.ts";
import { walkJpeg, withProfile } from "./jpeg.ts";
import { joined } from "./parts.ts";
import { plainCmykProfile } from "./plain-cmyk.ts";

const fixture = (name: string): Buffer => readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));

let codecs: Codecs;
beforeAll(async () => {
  codecs = await codecsFromPackages();
});

async function decoded(bytes: Uint8Array): Promise<Raster | BadPicture> {
  const header = await readHeader(bytes, DEFAULT_LIMITS);
  return "kind" in header ? header : decodePicture(header, codecs);
}

async function firstPixel(bytes: Uint8Array): Promise<number[]> {
  const raster = await decoded(bytes);
  if ("kind" in raster) throw new Error(raster.message);
  return [...raster.data.subarray(0, 3)];
}

test("CMYK is stored inverted, with or without Adobe's marker", async () => {
  expect(await firstPixel(flatCmykJpeg(24, 16, [255, 255, 255, 255]))).toEqual([255, 255, 255]);
  expect(await firstPixel(flatCmykJpeg(24, 16, [255, 255, 255, 0]))).toEqual([0, 0, 0]);
  expect(await firstPixel(flatCmykJpeg(24, 16, [0, 255, 255, 255]))).toEqual([0, 255, 255]);
  const [field, adobe] = [await decoded(fixture("field/cmyk-noadobe.jpg")), await decoded(fixture("hostile/cmyk.jpg"))];
  const brightness = ({ data }: Raster) => data.reduce((sum, level) => sum + level, 0) / data.length;
  expect(brightness(field as Raster)).toBeGreaterThan(130);
  expect(brightness(adobe as Raster)).toBeGreaterThan(130);
});

test("the profile for plain CMYK gives nearly the same colors as no profile", async () => {
  for (const inks of [
    [0, 0, 0, 0],
    [100, 50, 20, 30],
    [255, 0, 0, 0],
    [10, 200, 90, 60],
    [60, 60, 60, 200],
  ]) {
    const jpeg = flatCmykJpeg(
      16,
      16,
      inks.map((ink) => 255 - ink),
    );
    const tagged = joined(withProfile(walkJpeg(jpeg)!.parts, plainCmykProfile()));
    const [plain, profiled] = [await firstPixel(jpeg), await firstPixel(tagged)];
    for (const [channel, level] of plain.entries())
      expect(Math.abs(profiled[channel]! - level), `${inks}`).toBeLessThanOrEqual(6);
  }
});

test("a damaged picture neither makes decoding throw nor affects the next picture", async () => {
  const profile = rgbProfile(RGB_SPACES.AdobeRGB);
  const pictures = [
    withSegments(fixture("hostile/orientation-6.jpg"), ...profileSegments(profile)),
    withSegments(flatCmykJpeg(40, 24, [9, 200, 100, 250]), ...profileSegments(pressProfile())),
    withChunks(flatPng(40, 24, [1, 2, 3, 100]), profileChunk(profile)),
    fixture("hostile/still.webp"),
    fixture("hostile/progressive.jpg"),
  ];
  const good = await firstPixel(pictures[0]!);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(pictures.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (which, changes, early) => {
        const bytes = Buffer.from(pictures[which]!);
        for (const [at, byte] of changes) bytes[2 + (at % (early ? 700 : bytes.length - 2))] = byte;
        const result = await decoded(bytes);
        if ("kind" in result) expect(result.message).toMatch(/Send |Save |Resize /);
      },
    ),
    { numRuns: 200 },
  );
  expect(await firstPixel(pictures[0]!)).toEqual(good);
});
