import { JpegImage, setVerbosityLevel, VerbosityLevel } from "pdfjs-dist/image_decoders/pdf.image_decoders.mjs";
import type { Raster } from "../raster.ts";

/**
 * Decodes a JPEG with four components. The raster holds cyan, magenta, yellow and black in place of RGBA, in [0, 255], where 255 is
 * full ink. The file stores the inks inverted, with or without Adobe's marker (APP14), as all writers do; only the marker can
 * declare them YCCK. Decoding takes 12 bytes of memory a pixel.
 */
export function decodeCmykJpeg(bytes: Uint8Array): Raster {
  // Warnings about users' pictures do not belong in the log.
  setVerbosityLevel(VerbosityLevel.ERRORS);
  const image = new JpegImage();
  image.parse(bytes);
  const { width, height, numComponents } = image;
  if (numComponents !== 4) throw new Error("The JPEG is not CMYK.");
  const { buffer, byteOffset, byteLength } = image.getData({ width, height });
  return { width, height, data: new Uint8Array(buffer, byteOffset, byteLength) };
}
