import { JpegImage, setVerbosityLevel, VerbosityLevel } from "pdfjs-dist/image_decoders/pdf.image_decoders.mjs";
import type { Raster } from "../raster.ts";

/**
 * A JPEG of four components as cyan, magenta, yellow and black in [0, 255], 255 being all ink, in the place of a raster's RGBA. The
 * file holds the inks inverted, with Adobe's marker (APP14) or without it, as all writers store them; the marker alone makes them
 * YCCK. It takes 12 bytes of memory a pixel.
 */
export function decodeCmykJpeg(bytes: Uint8Array): Raster {
  // Warnings about strangers' pictures are not for the log.
  setVerbosityLevel(VerbosityLevel.ERRORS);
  const image = new JpegImage();
  image.parse(bytes);
  const { width, height, numComponents } = image;
  if (numComponents !== 4) throw new Error("The JPEG is not CMYK.");
  const { buffer, byteOffset, byteLength } = image.getData({ width, height });
  return { width, height, data: new Uint8Array(buffer, byteOffset, byteLength) };
}
