import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import { codecsFromPackages } from "../container/pictures/codecs.ts";
import type { Codecs } from "../imaging/codecs/codecs.ts";
import { type Picture, pictureOf, rasterOf } from "../imaging/picture.ts";
import type { Raster } from "../imaging/raster.ts";
import { withLongerSide } from "../imaging/resize.ts";
import { decode, prepare } from "../workers/vision/decode.ts";
import { isDevice, writeAtomically } from "./output.ts";
import { toUserError, UserError } from "./user-error.ts";

/** Higher limits than the Worker's, because scans of paintings are large. */
const LIMITS = { bytes: 64 * 1024 * 1024, pixels: 64_000_000, decodedPixels: 64_000_000 };

let codecs: Promise<Codecs> | undefined;

/** Reads the upright pixels of a JPEG, PNG or WebP file, with transparent parts on white. Throws a `UserError` that names the file. */
export async function readRaster(path: string): Promise<Raster> {
  return decoded(path, await readBytes(path));
}

/** {@link readRaster} for bytes in memory. `path` is only used in error messages. */
export async function decoded(path: string, bytes: Uint8Array): Promise<Raster> {
  const prepared = await prepare(bytes, LIMITS);
  if ("kind" in prepared) throw new UserError(`${path}: ${prepared.message}`);
  codecs ??= codecsFromPackages();
  const upright = await decode(prepared, await codecs);
  if ("kind" in upright) throw new UserError(`${path}: ${upright.message}`);
  return upright.raster;
}

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw toUserError(path, error);
  }
}

/** Reads a picture file. If `longerSide` is given, resizes the picture to a longer side of this many pixels. */
export async function readPicture(path: string, { longerSide }: { longerSide?: number } = {}): Promise<Picture> {
  const raster = await readRaster(path);
  return longerSide === undefined ? pictureOf(raster) : withLongerSide(raster, longerSide);
}

const FORMATS = { ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp" } as const;
export type PictureFormat = (typeof FORMATS)[keyof typeof FORMATS];

/** The format of a picture file, by its extension. Devices without an extension get PNG. */
export async function formatOf(path: string): Promise<PictureFormat> {
  const extension = extname(path).toLowerCase();
  if (isKnownExtension(extension)) return FORMATS[extension];
  if (await isDevice(path)) return "png";
  throw new UserError(`${path}: the extension is not supported. Use one of ${Object.keys(FORMATS).join(", ")}.`);
}

const isKnownExtension = (extension: string): extension is keyof typeof FORMATS => Object.hasOwn(FORMATS, extension);

/** Writes a picture atomically, in the format of its extension (`formatOf`). */
export async function writePicture(path: string, picture: Picture): Promise<void> {
  await writeAtomically(path, await encoded(picture, await formatOf(path)));
}

/** JPEG and WebP quality, of 100: high enough that strokes keep their edges. */
const QUALITY = 92;

export async function encoded(picture: Picture, format: PictureFormat): Promise<Uint8Array> {
  const { width, height, data } = rasterOf(picture);
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(data.buffer), width, height), 0, 0);
  return format === "png" ? canvas.encode("png") : canvas.encode(format, QUALITY);
}
