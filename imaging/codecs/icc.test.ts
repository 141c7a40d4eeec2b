import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { compiled } from "../../container/pictures/codecs.ts";
import {
  grayInSrgb,
  grayProfile,
  inSrgb,
  pressProfile,
  RGB_SPACES,
  rgbProfile,
} from "../../test/support/icc-profiles.ts";
import { type ColorSpace, type ConvertToSrgb, startIcc } from "./icc.ts";

let toSrgb: ConvertToSrgb;
beforeAll(async () => {
  toSrgb = startIcc(await compiled("pdfjs-dist/wasm/qcms_bg.wasm"));
});

/** Converts pixels, given as four channels each. */
function converted(pixels: readonly (readonly number[])[], space: ColorSpace, profile?: Uint8Array): number[][] {
  const data = Uint8Array.from(pixels.flat());
  toSrgb({ width: pixels.length, height: 1, data }, space, profile);
  return pixels.map((_, i) => [...data.subarray(4 * i, 4 * i + 4)]);
}

/** All colors with six steps a channel. Alpha varies too, and must not change. */
const STEPS = [0, 51, 102, 153, 204, 255];
const COLORS = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => [r, g, b, (r + g + b) % 256])));

test.each(["AdobeRGB", "Display P3", "ProPhoto"] as const)(
  "%s is converted to sRGB as both color spaces define it",
  (name) => {
    const space = RGB_SPACES[name];
    for (const [i, color] of converted(COLORS, "RGB", rgbProfile(space)).entries()) {
      const expected = inSrgb(space, COLORS[i]!.slice(0, 3));
      for (const [channel, level] of expected.entries())
        expect(Math.abs(color[channel]! - level), `${COLORS[i]}`).toBeLessThan(2);
      expect(color[3]).toBe(COLORS[i]![3]);
    }
  },
);

test("the curve of a gray profile is applied", () => {
  const levels = Array.from({ length: 256 }, (_, level) => [level, level, level, 255]);
  for (const [level, color] of converted(levels, "GRAY", grayProfile(1.8)).entries()) {
    expect(new Set(color.slice(0, 3)).size).toBe(1);
    expect(Math.abs(color[0]! - grayInSrgb(1.8, level))).toBeLessThan(2);
  }
});

test.each([
  [
    [0, 0, 0, 0],
    [255, 255, 255],
  ],
  [
    [255, 0, 0, 0],
    [0, 174, 239],
  ],
  [
    [0, 255, 0, 0],
    [236, 0, 140],
  ],
  [
    [0, 0, 255, 0],
    [255, 242, 0],
  ],
  [
    [0, 0, 0, 255],
    [35, 31, 32],
  ],
  [
    [100, 50, 20, 30],
    [138, 164, 189],
  ],
  [
    [20, 160, 200, 10],
    [218, 119, 71],
  ],
  [
    [128, 128, 128, 0],
    [143, 128, 124],
  ],
])("the press inks %j are converted as by LittleCMS 2.16, to %j", (inks, expected) => {
  const [color] = converted([inks], "CMYK", pressProfile());
  for (const [channel, level] of expected.entries()) expect(Math.abs(color![channel]! - level)).toBeLessThanOrEqual(2);
  expect(color![3]).toBe(255);
});

test("CMYK without a profile: each ink transmits its share of the light", () => {
  const inks = [
    [0, 0, 0, 0],
    [255, 0, 0, 0],
    [0, 128, 255, 0],
    [0, 0, 0, 255],
    [51, 102, 153, 51],
  ];
  expect(converted(inks, "CMYK")).toEqual([
    [255, 255, 255, 255],
    [0, 255, 255, 255],
    [255, 127, 0, 255],
    [0, 0, 0, 255],
    [163, 122, 82, 255],
  ]);
});

test("sRGB pixels stay the same bytes, with or without an sRGB profile", () => {
  const profile = rgbProfile(RGB_SPACES.sRGB);
  for (const given of [undefined, profile, profile]) expect(converted(COLORS, "RGB", given)).toEqual(COLORS);
});

test("each picture gets its own profile, not the previous picture's", () => {
  const [gray] = [[[128, 64, 32, 255]]];
  const both = () => [
    converted(gray!, "RGB", rgbProfile(RGB_SPACES.sRGB)),
    converted(gray!, "RGB", rgbProfile(RGB_SPACES.ProPhoto)),
  ];
  const first = both();
  expect(first[0]).not.toEqual(first[1]);
  expect(both()).toEqual(first);
});

test("a picture with more pixels than one chunk is converted completely", () => {
  const many = Array.from({ length: 100_000 }, (_, i) => COLORS[i % COLORS.length]!);
  const profile = rgbProfile(RGB_SPACES.AdobeRGB);
  const few = converted(COLORS, "RGB", profile);
  for (const [i, color] of converted(many, "RGB", profile).entries())
    if (i % 997 === 0) expect(color).toEqual(few[i % COLORS.length]);
});

test("a profile of another color space, a truncated one, and bytes that are not a profile are ignored", () => {
  const wide = rgbProfile(RGB_SPACES.ProPhoto);
  for (const unusable of [
    grayProfile(1.8),
    pressProfile(),
    wide.subarray(0, 300),
    Buffer.alloc(0),
    Buffer.alloc(4000, 7),
  ])
    expect(converted(COLORS, "RGB", unusable)).toEqual(COLORS);
  expect(converted([[0, 0, 0, 0]], "CMYK", wide)).toEqual([[255, 255, 255, 255]]);
});

test("a damaged profile neither makes the conversion throw nor affects the next picture", () => {
  const profiles = [rgbProfile(RGB_SPACES.AdobeRGB), grayProfile(2.2), pressProfile()];
  const spaces: ColorSpace[] = ["RGB", "GRAY", "CMYK"];
  const good = converted(COLORS, "RGB", profiles[0]);
  fc.assert(
    fc.property(
      fc.nat(2),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 }),
      (which, changes) => {
        const profile = Buffer.from(profiles[which]!);
        // The color space is kept, so that the changed profile reaches the library.
        for (const [at, byte] of changes) profile[20 + (at % (profile.length - 20))] = byte;
        converted(COLORS, spaces[which]!, profile);
      },
    ),
    { numRuns: 200 },
  );
  expect(converted(COLORS, "RGB", profiles[0])).toEqual(good);
});
