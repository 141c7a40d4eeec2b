import type { Codecs } from "../../imaging/codecs/codecs.ts";
import { compositeOnWhite } from "../../imaging/composite.ts";
import { orient, swapsSides } from "../../imaging/orient.ts";
import type { Raster } from "../../imaging/raster.ts";
import type { BadImage } from "../platform/picture.ts";
import { corrupt, type Header, type Limits, readHeader, tooManyPixels, unsupported } from "./header.ts";

/**
 * Makes a picture smaller outside of the isolate, keeping its proportions: an upright JPEG (EXIF orientation applied)
 * of at most this width and height. Rejects when it cannot. On Cloudflare this is the Images binding.
 */
export type Shrink = (bytes: Uint8Array, o: Size) => Promise<Uint8Array>;

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

/** CMYK is decoded in JavaScript, which takes about three times the memory of the others, and ten times the time. */
const CMYK_COST = 3;

/**
 * Reads the header, applies the limits, and has the picture shrunk where it is too large to decode here: as little as can be, or
 * until its longer side has `longerSide` pixels, where no more are asked for.
 */
export async function prepare(
  bytes: Uint8Array,
  limits: Limits,
  shrink?: Shrink,
  longerSide = Number.POSITIVE_INFINITY,
): Promise<Prepared | BadImage> {
  const header = await readHeader(bytes, limits);
  if ("kind" in header) return header;
  const original = uprightSize(header);
  const mostPixels = header.format === "cmykJpeg" ? limits.decodedPixels / CMYK_COST : limits.decodedPixels;
  if (header.format !== "heif" && header.width * header.height <= mostPixels) return { header, original };

  const refusal = header.format === "heif" ? HEIF_REFUSED : tooLargeToDecode(mostPixels);
  if (!shrink) return refusal;
  const small = await shrink(bytes, boundsFor(original, limits.decodedPixels, longerSide)).catch(() => undefined);
  const shrunk = small && (await readHeader(small, limits));
  if (!shrunk || "kind" in shrunk || shrunk.format !== "jpeg") return refusal;
  if (shrunk.width * shrunk.height > limits.decodedPixels) return refusal;
  return {
    // Already upright: an orientation tag that was carried over must not turn it again.
    header: { ...shrunk, orientation: 1 },
    original: header.format === "heif" ? lyingLike(shrunk, original) : original,
  };
}

/** Decodes to upright pixels, on white paper where they were transparent. */
export async function decode({ header, original }: Prepared, codecs: Codecs): Promise<Upright | BadImage> {
  if (header.format === "heif") return HEIF_REFUSED;
  const stored = await codecs[header.format](header.bytes).catch(() => undefined);
  if (stored?.width !== header.width || stored.height !== header.height) {
    return corrupt("The picture's data cannot be read. Send the whole, unchanged file.");
  }
  compositeOnWhite(stored);
  return { raster: orient(stored, header.orientation), ...original };
}

const HEIF_REFUSED = unsupported("This HEIC picture cannot be read here. Send JPEG.");

const tooLargeToDecode = (pixels: number): BadImage =>
  tooManyPixels(
    `A picture of this kind with more than ${megapixels(pixels)} megapixels cannot be read here. Scale it down.`,
  );

const megapixels = (pixels: number): string => (Math.floor(pixels / 1e5) / 10).toString();

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
