import ExifReader from "exifreader";
import type { Orientation } from "../orient.ts";

/** EXIF orientation of a JPEG, PNG or WebP; 1, upright, where its metadata cannot be read or say nothing that exists. */
export function orientationOf(bytes: Uint8Array): Orientation {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const value = ExifReader.loadView(view, { includeTags: { exif: ["Orientation"] } }).Orientation?.value;
    return isOrientation(value) ? value : 1;
  } catch {
    return 1;
  }
}

const isOrientation = (value: unknown): value is Orientation =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 8;
