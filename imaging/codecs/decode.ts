import { compositeOnWhite } from "../composite.ts";
import { orient } from "../orient.ts";
import { discard, type Raster } from "../raster.ts";
import type { Codecs } from "./codecs.ts";
import { type BadPicture, corrupt, type Header, unsupported } from "./header.ts";
import { joined } from "./parts.ts";

/**
 * Decodes a picture to upright sRGB pixels, with transparent parts on white. The Worker, the job service and the command line
 * all decode with this function.
 */
export async function decodePicture(header: Header, codecs: Codecs): Promise<Raster | BadPicture> {
  const { format, width, height, space, profile, orientation } = header;
  if (format === "heif") return HEIF_UNSUPPORTED;
  const stored = await codecs[format](joined(header.parts)).catch(() => undefined);
  if (stored?.width !== width || stored.height !== height) {
    return corrupt("The picture's data cannot be decoded. Send the whole, unchanged file.");
  }
  try {
    codecs.toSrgb(stored, space, profile);
  } catch {
    // A broken profile can fail on colors that the test grid does not contain.
    return corrupt("The picture's color profile is invalid. Send the picture without it, in sRGB.");
  }
  compositeOnWhite(stored);
  const upright = orient(stored, orientation);
  if (upright !== stored) discard(stored);
  return upright;
}

export const HEIF_UNSUPPORTED = unsupported("This HEIC picture cannot be decoded. Send it as JPEG.");
