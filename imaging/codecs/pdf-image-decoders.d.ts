/** The part of pdf.js's standalone image decoders that this project uses. The package has no types for them. */
declare module "pdfjs-dist/image_decoders/pdf.image_decoders.mjs" {
  export class JpegImage {
    readonly width: number;
    readonly height: number;
    readonly numComponents: number;
    parse(bytes: Uint8Array): void;
    /** The components of each pixel, four of them inverted. YCCK becomes CMYK. */
    getData(options: { width: number; height: number }): Uint8ClampedArray;
  }
  export const VerbosityLevel: { readonly ERRORS: number };
  export function setVerbosityLevel(level: number): void;
}
