import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import { codecsFromPackages } from "../container/pictures/codecs.ts";
import type { Codecs } from "../imaging/codecs/codecs.ts";
import { withLongerSide } from "../imaging/longer-side.ts";
import { type Picture, pictureOf, rasterOf } from "../imaging/picture.ts";
import type { Raster } from "../imaging/raster.ts";
import { decode, prepare } from "../workers/vision/decode.ts";
import { isDevice, writeWhole } from "./output.ts";
import { Refusal, refusalOf } from "./refusal.ts";

/** Scans of paintings are larger than what strangers may send to the Worker. */
const LIMITS = { bytes: 64 * 1024 * 1024, pixels: 64_000_000, decodedPixels: 64_000_000 };

let codecs: Promise<Codecs> | undefined;

/** The upright pixels of a JPEG, PNG or WebP file, on white where they were transparent. Refuses what cannot be read, by name. */
export async function readRaster(path: string): Promise<Raster> {
  return decoded(path, await readWhole(path));
}

/** The same of bytes that were read already; `path` is only what they are called. */
export async function decoded(path: string, bytes: Uint8Array): Promise<Raster> {
  const prepared = await prepare(bytes, LIMITS);
  if ("kind" in prepared) throw new Refusal(`${path}: ${prepared.message}`);
  codecs ??= codecsFromPackages();
  const upright = await decode(prepared, await codecs);
  if ("kind" in upright) throw new Refusal(`${path}: ${upright.message}`);
  return upright.raster;
}

export async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw refusalOf(path, error);
  }
}

/** The picture in a file, with its longer side shrunk or enlarged to `longerSide` pixels where that is given. */
export async function readPicture(path: string, { longerSide }: { longerSide?: number } = {}): Promise<Picture> {
  const raster = await readRaster(path);
  return longerSide === undefined ? pictureOf(raster) : withLongerSide(raster, longerSide);
}

const FORMATS = { ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp" } as const;
export type PictureFormat = (typeof FORMATS)[keyof typeof FORMATS];

/** What a picture file is by its name; a device, which has none, takes PNG. */
export async function formatOf(path: string): Promise<PictureFormat> {
  const extension = extname(path).toLowerCase();
  if (isKnown(extension)) return FORMATS[extension];
  if (await isDevice(path)) return "png";
  throw new Refusal(
    `${path}: pictures are written as ${Object.keys(FORMATS).join(", ")}. Give the file one of these endings.`,
  );
}

const isKnown = (extension: string): extension is keyof typeof FORMATS => Object.hasOwn(FORMATS, extension);

/** Writes a picture whole or not at all, in the format of its name; see `formatOf`. */
export async function writePicture(path: string, picture: Picture): Promise<void> {
  await writeWhole(path, await encoded(picture, await formatOf(path)));
}

/** Of 100, for JPEG and WebP: strokes keep their edges. */
const QUALITY = 92;

export async function encoded(picture: Picture, format: PictureFormat): Promise<Uint8Array> {
  const { width, height, data } = rasterOf(picture);
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(data.buffer), width, height), 0, 0);
  return format === "png" ? canvas.encode("png") : canvas.encode(format, QUALITY);
}
