import ExifReader from "exifreader";
import type { Orientation } from "../orient.ts";

/** Bytes of EXIF that are read: the most that a JPEG segment can hold. */
const EXIF_LIMIT = 64 * 1024;

/**
 * The orientation in an EXIF block, which is a TIFF without a picture (EXIF 2.32, 4.5). Returns 1 (upright) if there is no block,
 * it cannot be read, or its orientation is not a valid one. Only the block's first 64 KB are read, and never the whole file,
 * because the reader would parse its other metadata too.
 */
export function orientationOf(block: Uint8Array | undefined): Orientation {
  if (!block) return 1;
  const { buffer, byteOffset, length } = block;
  try {
    const view = new DataView(buffer, byteOffset, Math.min(length, EXIF_LIMIT));
    const value = ExifReader.loadView(view, { includeTags: { exif: ["Orientation"] } }).Orientation?.value;
    return isOrientation(value) ? value : 1;
  } catch {
    return 1;
  }
}

const isOrientation = (value: unknown): value is Orientation =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 8;
