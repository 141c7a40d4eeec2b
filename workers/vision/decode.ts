import { compositeOnWhite } from "../../imaging/composite.ts";
import { orient, swapsSides } from "../../imaging/orient.ts";
import type { Raster } from "../../imaging/raster.ts";
import type { BadImage } from "../platform/picture.ts";
import type { Codecs } from "./codecs.ts";
import { corrupt, type Header, type Limits, readHeader, tooManyPixels, unsupported } from "./header.ts";

/**
 * Makes a picture smaller outside of the isolate, keeping its proportions: an upright JPEG (EXIF orientation applied)
 * of at most this width and height. Rejects when it cannot. On Cloudflare this is the Images binding.
 */
export type Shrink = (bytes: Uint8Array, o: { width: number; height: number }) => Promise<Uint8Array>;

/** An upright picture as it is to be looked at. */
export interface Upright {
  raster: Raster;
  /** The upright size of the picture that was sent; larger than the raster's where it was shrunk. */
  width: number;
  height: number;
}

/** A picture that may be decoded here: small enough, and its header read. `original` is its upright size as it was sent. */
export interface Prepared {
  header: Header;
  original: { width: number; height: number };
}

/** Reads the header, applies the limits, and has the picture shrunk where it is too large to decode here. */
export async function prepare(bytes: Uint8Array, limits: Limits, shrink?: Shrink): Promise<Prepared | BadImage> {
  const header = readHeader(bytes, limits);
  if ("kind" in header) return header;
  const original = uprightSize(header);
  const fits = header.width * header.height <= limits.decodedPixels;
  if (fits && header.format !== "heif") return { header, original };

  const refusal =
    header.format === "heif"
      ? HEIF_REFUSED
      : tooManyPixels(
          `Pictures of more than ${limits.decodedPixels / 1e6} megapixels cannot be read here. Scale it down and send it again.`,
        );
  if (!shrink) return refusal;
  const small = await shrink(bytes, boundsFor(original, limits.decodedPixels)).catch(() => undefined);
  const shrunk = small && readHeader(small, limits);
  if (!shrunk || "kind" in shrunk || shrunk.format !== "jpeg" || shrunk.width * shrunk.height > limits.decodedPixels) {
    return refusal;
  }
  // Already upright: an orientation tag that was carried over must not turn it again.
  return {
    header: { ...shrunk, orientation: 1 },
    original: header.format === "heif" ? turnedLike(shrunk, header) : original,
  };
}

/** Decodes to upright pixels on white paper. */
export async function decode({ header, original }: Prepared, codecs: Codecs): Promise<Upright | BadImage> {
  if (header.format === "heif") return HEIF_REFUSED;
  const stored = await codecs[header.format](header.bytes).catch(() => undefined);
  if (!stored || stored.width !== header.width || stored.height !== header.height) {
    return corrupt("The picture's data cannot be read. Send the whole, unchanged file.");
  }
  if (header.format !== "jpeg" && header.format !== "cmykJpeg") compositeOnWhite(stored);
  return { raster: orient(stored, header.orientation), ...original };
}

const HEIF_REFUSED = unsupported("This HEIC picture cannot be read here. Send JPEG.");

const uprightSize = ({ width, height, orientation }: Header): { width: number; height: number } =>
  swapsSides(orientation) ? { width: height, height: width } : { width, height };

/** The largest width and height of these proportions with at most `pixels` pixels. Of an unknown size: a square. */
function boundsFor(
  { width, height }: { width: number; height: number },
  pixels: number,
): { width: number; height: number } {
  const aspect = width > 0 && height > 0 ? width / height : 1;
  const side = Math.sqrt(pixels / aspect);
  return { width: Math.max(1, Math.floor(side * aspect)), height: Math.max(1, Math.floor(side)) };
}

/** A HEIF's size is known but not its turning: take it the way the upright result lies. Unknown: the result's own size. */
function turnedLike(upright: Header, { width, height }: Header): { width: number; height: number } {
  if (width === 0 || height === 0) return { width: upright.width, height: upright.height };
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  return upright.width >= upright.height ? { width: long, height: short } : { width: short, height: long };
}
