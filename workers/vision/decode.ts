import type { Codecs } from "../../imaging/codecs/codecs.ts";
import { decodePicture, HEIF_UNSUPPORTED } from "../../imaging/codecs/decode.ts";
import { type Header, type Limits, megapixels, readHeader, tooManyPixels } from "../../imaging/codecs/header.ts";
import { spaceOf } from "../../imaging/codecs/icc.ts";
import { withProfile } from "../../imaging/codecs/jpeg.ts";
import { plainCmykProfile } from "../../imaging/codecs/plain-cmyk.ts";
import { swapsSides } from "../../imaging/orient.ts";
import type { Raster } from "../../imaging/raster.ts";
import type { BadImage } from "../platform/picture.ts";

/**
 * Shrinks a picture outside the isolate to at most this width and height and keeps its proportions. Returns a JPEG, or a PNG if the
 * picture has transparency. Rejects if it fails. On Cloudflare this is the Images binding.
 */
export type Shrink = (picture: { parts: readonly Uint8Array[]; transparent: boolean }, o: Size) => Promise<Uint8Array>;

interface Size {
  width: number;
  height: number;
}

/** A picture that is small enough to be decoded in the isolate, and the upright size of the picture as it was sent. */
export interface Prepared {
  header: Header;
  original: Size;
}

/** An upright picture. `width` and `height` are its size as it was sent; the raster is smaller if the picture was shrunk. */
export interface Upright extends Size {
  raster: Raster;
}

/**
 * Reads the header and applies the limits. Shrinks the picture if it is too large to decode in the isolate: as little as possible, or to
 * `longerSide` pixels on its longer side if that is smaller.
 *
 * `shrink` gets the picture without its orientation and color profile, so that only this code applies them. CMYK and HEIC are exceptions,
 * because `shrink` returns them as RGB.
 */
export async function prepare(
  bytes: Uint8Array,
  limits: Limits,
  shrink?: Shrink,
  longerSide = Number.POSITIVE_INFINITY,
): Promise<Prepared | BadImage> {
  const header = await readHeader(bytes, limits);
  if ("kind" in header) return header;
  const { format, orientation } = header;
  const original = uprightSize(header);
  if (format !== "heif" && header.width * header.height <= limits.decodedPixels) return { header, original };

  const refusal = format === "heif" ? HEIF_UNSUPPORTED : tooLargeToDecode(header, limits);
  if (!shrink) return refusal;
  const bounds = boundsFor(header, limits.decodedPixels, longerSide);
  const small = await shrink(format === "cmykJpeg" ? withCmykProfile(header) : header, bounds).catch(() => undefined);
  const shrunk = small && (await readHeader(small, { ...limits, bytes: Number.POSITIVE_INFINITY }));
  if (!shrunk || "kind" in shrunk || shrunk.width * shrunk.height > limits.decodedPixels) return refusal;
  switch (format) {
    case "heif":
      return { header: { ...shrunk, orientation }, original: orientLike(shrunk, original) };
    case "cmykJpeg":
      return { header: { ...shrunk, orientation }, original };
    case "jpeg":
    case "png":
    case "webp":
      return { header: { ...shrunk, orientation, space: header.space, profile: header.profile }, original };
    default:
      return format satisfies never;
  }
}

/** A CMYK picture with a CMYK profile. `shrink` converts it to RGB; with a profile it gets the same colors as our own decoder. */
const withCmykProfile = ({ parts, profile, transparent }: Header) => ({
  parts: withProfile(parts, profile && spaceOf(profile) === "CMYK" ? profile : plainCmykProfile()),
  transparent,
});

/** Decodes a picture to upright pixels in sRGB. Transparent pixels are composited on white. */
export async function decode({ header, original }: Prepared, codecs: Codecs): Promise<Upright | BadImage> {
  const raster = await decodePicture(header, codecs);
  return "kind" in raster ? raster : { raster, ...original };
}

const tooLargeToDecode = ({ width, height }: Size, { decodedPixels }: Limits): BadImage =>
  tooManyPixels(
    `The picture has ${megapixels(width * height)} megapixels; this deployment can decode at most ${megapixels(decodedPixels)}. Resize the picture and try again.`,
  );

const uprightSize = ({ width, height, orientation }: Header): Size =>
  swapsSides(orientation) ? { width: height, height: width } : { width, height };

/**
 * The largest width and height with the same proportions that have at most `pixels` pixels and sides of at most `longerSide`. A square if
 * the size is unknown.
 */
function boundsFor({ width, height }: Size, pixels: number, longerSide: number): Size {
  const aspect = width > 0 && height > 0 ? width / height : 1;
  const side = Math.min(Math.sqrt(pixels / aspect), longerSide / Math.max(1, aspect));
  return { width: Math.max(1, Math.floor(side * aspect)), height: Math.max(1, Math.floor(side)) };
}

/**
 * Orients the stored size of a HEIF like the shrunk picture, because the rotation of a HEIF is unknown. Returns the shrunk size if the
 * stored size is unknown, too.
 */
function orientLike(upright: Size, { width, height }: Size): Size {
  if (width === 0 || height === 0) return { width: upright.width, height: upright.height };
  const [short, long] = width < height ? [width, height] : [height, width];
  return upright.width < upright.height ? { width: short, height: long } : { width: long, height: short };
}
