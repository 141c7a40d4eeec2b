import { compositeOnWhite } from "../composite.ts";
import { orient } from "../orient.ts";
import { discard, type Raster } from "../raster.ts";
import type { Codecs } from "./codecs.ts";
import { type BadPicture, corrupt, type Header, unsupported } from "./header.ts";
import { joined } from "./parts.ts";

/**
 * The upright pixels of a picture in sRGB, on white where they were transparent. The only way from bytes to pixels, for the Worker,
 * the job service and the command line alike.
 */
export async function decodePicture(header: Header, codecs: Codecs): Promise<Raster | BadPicture> {
  const { format, width, height, space, profile, orientation } = header;
  if (format === "heif") return HEIF_REFUSED;
  const stored = await codecs[format](joined(header.parts)).catch(() => undefined);
  if (stored?.width !== width || stored.height !== height) {
    return corrupt("The picture's data cannot be read. Send the whole, unchanged file.");
  }
  try {
    codecs.toSrgb(stored, space, profile);
  } catch {
    // A broken profile may fail on colours that no grid has.
    return corrupt("The picture's colour profile cannot be used. Send the picture without it, in sRGB.");
  }
  compositeOnWhite(stored);
  const upright = orient(stored, orientation);
  if (upright !== stored) discard(stored);
  return upright;
}

export const HEIF_REFUSED = unsupported("This HEIC picture cannot be read here. Send JPEG.");
