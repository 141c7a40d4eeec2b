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
 * Makes a picture smaller outside of the isolate, keeping its proportions: a JPEG, or where it is transparent a PNG, of at most
 * this width and height. Rejects when it cannot. On Cloudflare this is the Images binding.
 */
export type Shrink = (picture: { parts: readonly Uint8Array[]; transparent: boolean }, o: Size) => Promise<Uint8Array>;

interface Size {
  width: number;
  height: number;
}

/** A picture that may be decoded here, and its upright size as it was sent. */
export interface Prepared {
  header: Header;
  original: Size;
}

/** An upright picture. `width` and `height` are its size as it was sent; the raster's are smaller where it was shrunk. */
export interface Upright extends Size {
  raster: Raster;
}

/**
 * Reads the header, applies the limits, and has the picture shrunk where it is too large to decode here: as little as can be, or
 * until its longer side has `longerSide` pixels, where no more are asked for.
 *
 * Who shrinks it gets the pixels without their orientation and colour profile, so that these are applied in one place: here.
 * CMYK and HEIC are the exceptions, because they come back as RGB.
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
  const small = await shrink(format === "cmykJpeg" ? withInks(header) : header, bounds).catch(() => undefined);
  const shrunk = small && (await readHeader(small, { ...limits, bytes: Number.POSITIVE_INFINITY }));
  if (!shrunk || "kind" in shrunk || shrunk.width * shrunk.height > limits.decodedPixels) return refusal;
  switch (format) {
    case "heif":
      return { header: { ...shrunk, orientation }, original: lyingLike(shrunk, original) };
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

/** A CMYK picture with a profile that says what its inks look like: who shrinks it makes RGB of them, and only so as we do. */
const withInks = ({ parts, profile, transparent }: Header) => ({
  parts: withProfile(parts, profile && spaceOf(profile) === "CMYK" ? profile : plainCmykProfile()),
  transparent,
});

/** Decodes to upright pixels in sRGB, on white where they were transparent. */
export async function decode({ header, original }: Prepared, codecs: Codecs): Promise<Upright | BadImage> {
  const raster = await decodePicture(header, codecs);
  return "kind" in raster ? raster : { raster, ...original };
}

const tooLargeToDecode = ({ width, height }: Size, { decodedPixels }: Limits): BadImage =>
  tooManyPixels(
    `The picture has ${megapixels(width * height)} megapixels; at most ${megapixels(decodedPixels)} can be read here. Send a smaller one.`,
  );

const uprightSize = ({ width, height, orientation }: Header): Size =>
  swapsSides(orientation) ? { width: height, height: width } : { width, height };

/** The largest width and height of these proportions with at most so many pixels and sides. Of an unknown size: a square. */
function boundsFor({ width, height }: Size, pixels: number, longerSide: number): Size {
  const aspect = width > 0 && height > 0 ? width / height : 1;
  const side = Math.min(Math.sqrt(pixels / aspect), longerSide / Math.max(1, aspect));
  return { width: Math.max(1, Math.floor(side * aspect)), height: Math.max(1, Math.floor(side)) };
}

/** A HEIF's stored size is known, not its turning: lay it the way the upright result lies. If unknown, the result's. */
function lyingLike(upright: Size, { width, height }: Size): Size {
  if (width === 0 || height === 0) return { width: upright.width, height: upright.height };
  const [short, long] = width < height ? [width, height] : [height, width];
  return upright.width < upright.height ? { width: short, height: long } : { width: long, height: short };
}
