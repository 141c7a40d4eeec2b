import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { ROOT } from "../cli/state.ts";
import { walkJpeg } from "../imaging/codecs/jpeg.ts";
import { joined } from "../imaging/codecs/parts.ts";
import type { Picture } from "../imaging/picture.ts";
import { grayInSrgb, grayProfile, inSrgb, pressProfile, RGB_SPACES, rgbProfile } from "./support/icc-profiles.ts";
import {
  exifBlock,
  flatCmykJpeg,
  flatPng,
  profileChunk,
  profileSegments,
  segment,
  withChunks,
  withSegments,
} from "./support/made-pictures.ts";
import { fetchPicture, stylize } from "./support/stylize.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

/**
 * A picture has the same pixels whether the isolate decodes it or the Images binding shrinks it first. The tests read the decoded
 * pixels by stylizing with strength 0, which returns the picture itself as a JPEG.
 */
let worker: RunningWorker;
let api: Client;
beforeAll(async () => {
  worker = await startWorker();
  ({ api } = await worker.tenant());
});
afterAll(() => worker.close());

/** The pixels of a picture as the Worker decodes it. */
const decodedByWorker = async (bytes: Buffer): Promise<Picture> =>
  fetchPicture(await stylize(api, bytes, { strength: 0, maxSide: 256 }));

/** The color at a position, given as shares of the sides. Channels in [0, 255]. */
function colorAt({ width, height, data }: Picture, x: number, y: number): number[] {
  const pixel = Math.floor(y * (height - 1)) * width + Math.floor(x * (width - 1));
  return [0, 1, 2].map((channel) => Math.round(255 * data[channel * width * height + pixel]!));
}

const closeTo = (color: readonly number[], tolerance = 2) =>
  color.map((level) =>
    expect.toSatisfy((is: number) => Math.abs(is - level) <= tolerance, `within ${tolerance} of ${level}`),
  );

describe("pictures from real software", () => {
  const field = (name: string): Buffer => readFileSync(resolve(ROOT, "test/fixtures/field", name));

  test.each(["adobe-1580.jpg", "adobe-1600.jpg"])("%s: AdobeRGB is converted to sRGB", async (name) => {
    expect(colorAt(await decodedByWorker(field(name)), 0.5, 0.5)).toEqual(closeTo([211, 111, 77]));
  });

  test.each(["cutout-1580.png", "cutout-1600.png"])("%s: transparency becomes white", async (name) => {
    expect(colorAt(await decodedByWorker(field(name)), 0, 0)).toEqual(closeTo([255, 255, 255]));
  });

  test("CMYK without Adobe's marker is read", async () => {
    const { width, height } = await decodedByWorker(field("cmyk-noadobe.jpg"));
    expect([width, height]).toEqual([208, 256]);
  });

  test("arithmetic coding is an unsupported format, and the message says what to do", async () => {
    expect(await stylize(api, field("arithmetic.jpg"))).toMatchObject({
      __typename: "BadImage",
      reason: "UNSUPPORTED_FORMAT",
      message: expect.stringMatching(/arithmetic coding.*Save it as a baseline or progressive JPEG/),
    });
  });
});

/** Sides of squares below and above 2.5 megapixels, the limit for decoding in the isolate. */
describe.each([1_500, 1_700])("a square of %i pixels", (side) => {
  const COLOR = [190, 110, 80];
  const jpegOf = (color: readonly number[]): Buffer => {
    const canvas = createCanvas(side, side);
    const context = canvas.getContext("2d");
    context.fillStyle = `rgb(${color.join()})`;
    context.fillRect(0, 0, side, side);
    // Removes the profile that the canvas writes.
    return Buffer.from(joined(walkJpeg(canvas.toBuffer("image/jpeg", 100))!.parts));
  };
  const center = async (bytes: Buffer) => colorAt(await decodedByWorker(bytes), 0.5, 0.5);

  test.each(["AdobeRGB", "Display P3", "ProPhoto"] as const)(
    "in %s, as JPEG and PNG, is converted to sRGB",
    async (name) => {
      const [space, profile] = [RGB_SPACES[name], rgbProfile(RGB_SPACES[name])];
      const expected = closeTo(inSrgb(space, COLOR), 3);
      expect(await center(withSegments(jpegOf(COLOR), ...profileSegments(profile)))).toEqual(expected);
      expect(await center(withChunks(flatPng(side, side, COLOR), profileChunk(profile)))).toEqual(expected);
    },
  );

  test("without a profile, or with that of sRGB, is unchanged", async () => {
    expect(await center(jpegOf(COLOR))).toEqual(closeTo(COLOR));
    const tagged = withSegments(jpegOf(COLOR), ...profileSegments(rgbProfile(RGB_SPACES.sRGB)));
    expect(await center(tagged)).toEqual(closeTo(COLOR));
  });

  test("in gray with a profile is converted to sRGB", async () => {
    const level = grayInSrgb(1.8, 100);
    const gray = withChunks(flatPng(side, side, [100]), profileChunk(grayProfile(1.8)));
    expect(await center(gray)).toEqual(closeTo([level, level, level]));
  });

  test("in CMYK is converted with its press profile or, without a profile, as plain inks", async () => {
    const inks = flatCmykJpeg(
      side,
      side,
      [100, 50, 20, 30].map((ink) => 255 - ink),
    );
    expect(await center(inks)).toEqual(closeTo([137, 181, 207], 4));
    // Expected values from LittleCMS 2.16.
    expect(await center(withSegments(inks, ...profileSegments(pressProfile())))).toEqual(closeTo([138, 164, 189], 4));
  });

  test("is blended with white after the color conversion if it is transparent", async () => {
    expect(await center(flatPng(side, side, [...COLOR, 0]))).toEqual(closeTo([255, 255, 255]));
    const half = withChunks(flatPng(side, side, [...COLOR, 128]), profileChunk(rgbProfile(RGB_SPACES.ProPhoto)));
    const expected = inSrgb(RGB_SPACES.ProPhoto, COLOR).map((level) => 255 + ((level - 255) * 128) / 255);
    expect(await center(half)).toEqual(closeTo(expected, 3));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("is rotated once by orientation %i", async (orientation) => {
    // Red above green on the left, blue above white on the right.
    const canvas = createCanvas(side, side);
    const context = canvas.getContext("2d");
    const quarters = ["red", "blue", "lime", "white"];
    for (const [i, color] of quarters.entries()) {
      context.fillStyle = color;
      context.fillRect(((i % 2) * side) / 2, (Math.floor(i / 2) * side) / 2, side / 2, side / 2);
    }
    const exif = segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), exifBlock(orientation)]));
    const picture = await decodedByWorker(withSegments(canvas.toBuffer("image/jpeg", 95), exif));
    const places = [0.25, 0.75].flatMap((y) => [0.25, 0.75].map((x) => [x, y] as const));
    const named = (color: number[]) => color.map((level) => (level > 127 ? 1 : 0)).join("");
    // EXIF 2.32, tag 0x0112: the stored quarter that is shown at the upper left, upper right, lower left and lower right.
    const quartersByOrientation = {
      1: [0, 1, 2, 3],
      2: [1, 0, 3, 2],
      3: [3, 2, 1, 0],
      4: [2, 3, 0, 1],
      5: [0, 2, 1, 3],
      6: [2, 0, 3, 1],
      7: [3, 1, 2, 0],
      8: [1, 3, 0, 2],
    }[orientation]!;
    const codes = ["100", "001", "010", "111"];
    expect(places.map(([x, y]) => named(colorAt(picture, x, y)))).toEqual(
      quartersByOrientation.map((quarter) => codes[quarter]),
    );
  });
});
