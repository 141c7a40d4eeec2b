import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../imaging/codecs/header.ts";
import { decode, prepare } from "../../workers/vision/decode.ts";
import { codecsFromPackages } from "./codecs.ts";
import { BadPictureError, decodePicture } from "./decode.ts";

const fixture = (name: string) => readFileSync(new URL(`../../test/fixtures/hostile/${name}`, import.meta.url));

const codecs = await codecsFromPackages();

test.for([
  "grey.jpg",
  "progressive.jpg",
  "cmyk.jpg",
  "orientation-6.jpg",
  "exif-bad-offsets.jpg",
  "exif-loop.jpg",
  "alpha.png",
  "interlaced.png",
  "palette.png",
  "rgb-16bit.png",
  "png-ztxt-bomb.png",
  "still.webp",
])("the container decodes %s to the same pixels as the Worker", async (name) => {
  const prepared = await prepare(new Uint8Array(fixture(name)), DEFAULT_LIMITS);
  if ("kind" in prepared) throw new Error(prepared.message);
  const upright = await decode(prepared, codecs);
  if ("kind" in upright) throw new Error(upright.message);
  expect(await decodePicture(name, fixture(name))).toEqual(upright.raster);
});

test.for([
  "text.jpg",
  "photo.heic",
  "animated.gif",
  "vector.svg",
  "bad-crc.png",
  "truncated.png",
  "png-bomb-12000x12000.png",
  "jpeg-claims-65500x65500.jpg",
  "magic-random.jpg",
])("%s is refused with a message that says what to send instead", async (name) => {
  const refused = decodePicture("The photograph", fixture(name));
  await expect(refused).rejects.toThrow(BadPictureError);
  await expect(refused).rejects.toThrow(/^The photograph .*(Send|Resize) /);
});
