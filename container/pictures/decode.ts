import { imageSize } from "image-size";
import type { Codecs } from "../../imaging/codecs/codecs.ts";
import { orientationOf } from "../../imaging/codecs/exif-orientation.ts";
import { compositeOnWhite } from "../../imaging/composite.ts";
import { orient } from "../../imaging/orient.ts";
import type { Raster } from "../../imaging/raster.ts";
import { codecsFromPackages } from "./codecs.ts";

/** The bytes are no picture that can be painted. The message says which, why, and what to do. */
export class BadPictureError extends Error {
  override name = "BadPictureError";
}

/** As many pixels as the Worker takes: a larger picture did not come by it. */
const MOST_PIXELS = 24_000_000;
let codecs: Promise<Codecs> | undefined;

/**
 * The upright pixels of a JPEG, PNG or WebP, on white where they were transparent: by the decoders that the Worker has, so that
 * both see the same. Rejects with {@link BadPictureError}. Meant for a process of its own: what is hostile may trap a decoder,
 * and a picture that claims to be large must not be in the way of others.
 */
export async function decodePicture(name: string, bytes: Uint8Array): Promise<Raster> {
  const { type, size } = headerOf(name, bytes);
  if (size && size.width * size.height > MOST_PIXELS)
    throw new BadPictureError(`${name} has more than ${MOST_PIXELS / 1e6} megapixels. Send a smaller one.`);
  codecs ??= codecsFromPackages({ mostPixels: MOST_PIXELS });
  const stored = await DECODE[type](await codecs, bytes).catch(() => undefined);
  if (!stored || (size && (stored.width !== size.width || stored.height !== size.height)))
    throw new BadPictureError(`${name} cannot be read. Send the whole, unchanged file.`);
  compositeOnWhite(stored);
  return orient(stored, orientationOf(bytes));
}

type Format = "jpg" | "png" | "webp";

const DECODE: Record<Format, (codecs: Codecs, bytes: Uint8Array) => Promise<Raster>> = {
  // mozjpeg's build refuses four components.
  jpg: (codecs, bytes) => codecs.jpeg(bytes).catch(() => codecs.cmykJpeg(bytes)),
  png: (codecs, bytes) => codecs.png(bytes),
  webp: (codecs, bytes) => codecs.webp(bytes),
};

/** `size` is undefined where a JPEG's EXIF keeps image-size from finding it; the decoder does not look at EXIF. */
function headerOf(name: string, bytes: Uint8Array): { type: Format; size?: { width: number; height: number } } {
  try {
    const { type, width, height } = imageSize(bytes);
    if (isKnown(type) && width > 0 && height > 0) return { type, size: { width, height } };
  } catch {
    if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { type: "jpg" };
  }
  throw new BadPictureError(`${name} is no picture in a format that is accepted. Send JPEG, PNG or WebP.`);
}

const isKnown = (type: string | undefined): type is Format => type !== undefined && Object.hasOwn(DECODE, type);
