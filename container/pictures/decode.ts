import type { Codecs } from "../../imaging/codecs/codecs.ts";
import * as picture from "../../imaging/codecs/decode.ts";
import { DEFAULT_LIMITS, readHeader } from "../../imaging/codecs/header.ts";
import type { Raster } from "../../imaging/raster.ts";
import { codecsFromPackages } from "./codecs.ts";

/** The picture cannot be used. The message says which picture, why, and what to do. */
export class BadPictureError extends Error {
  override name = "BadPictureError";
}

/**
 * The Worker's limits, except for bytes and decoded pixels: the Worker has a large picture shrunk before it decodes it, while this
 * service decodes every picture at full size.
 */
const LIMITS = { ...DEFAULT_LIMITS, bytes: Number.POSITIVE_INFINITY, decodedPixels: DEFAULT_LIMITS.pixels };

let codecs: Promise<Codecs> | undefined;

/**
 * Decodes a JPEG, PNG or WebP to upright sRGB pixels; transparent pixels become white. It uses the Worker's code, so both get the
 * same pixels. Rejects with {@link BadPictureError}. Call it in a separate process: a hostile file can crash a decoder, and decoding
 * a picture that claims to be large blocks the event loop.
 */
export async function decodePicture(name: string, bytes: Uint8Array): Promise<Raster> {
  const header = await readHeader(bytes, LIMITS);
  codecs ??= codecsFromPackages();
  const raster = "kind" in header ? header : await picture.decodePicture(header, await codecs);
  if ("kind" in raster) throw new BadPictureError(`${name} cannot be used. ${raster.message}`);
  return raster;
}
