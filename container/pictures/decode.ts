import type { Codecs } from "../../imaging/codecs/codecs.ts";
import * as picture from "../../imaging/codecs/decode.ts";
import { DEFAULT_LIMITS, readHeader } from "../../imaging/codecs/header.ts";
import type { Raster } from "../../imaging/raster.ts";
import { codecsFromPackages } from "./codecs.ts";

/** The bytes are no picture that can be painted. The message says which, why, and what to do. */
export class BadPictureError extends Error {
  override name = "BadPictureError";
}

/** The Worker's limits, but for what it has shrunk elsewhere: here all is decoded. */
const LIMITS = { ...DEFAULT_LIMITS, bytes: Number.POSITIVE_INFINITY, decodedPixels: DEFAULT_LIMITS.pixels };

let codecs: Promise<Codecs> | undefined;

/**
 * The upright pixels of a JPEG, PNG or WebP in sRGB, on white where they were transparent: by the Worker's own code, so that both see
 * the same. Rejects with {@link BadPictureError}. Meant for a process of its own: what is hostile may trap a decoder, and a picture
 * that claims to be large must not be in the way of others.
 */
export async function decodePicture(name: string, bytes: Uint8Array): Promise<Raster> {
  const header = await readHeader(bytes, LIMITS);
  codecs ??= codecsFromPackages();
  const raster = "kind" in header ? header : await picture.decodePicture(header, await codecs);
  if ("kind" in raster) throw new BadPictureError(`${name} cannot be used. ${raster.message}`);
  return raster;
}
