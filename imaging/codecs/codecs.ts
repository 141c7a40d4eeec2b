import startMozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import startLibwebp from "@jsquash/webp/codec/dec/webp_dec.js";
import type { Raster } from "../raster.ts";
import { decodeCmykJpeg } from "./cmyk-jpeg.ts";
import { type ConvertToSrgb, startIcc } from "./icc.ts";
import { startPngDecoder } from "./png-decoder.ts";

/** From bytes of a known format to the pixels as they are stored. Each rejects when it cannot read them. */
export interface Codecs {
  /** Grey and colour JPEG, baseline and progressive. */
  jpeg(bytes: Uint8Array): Promise<Raster>;
  /** JPEG of four components. The raster holds CMYK, for {@link toSrgb}. */
  cmykJpeg(bytes: Uint8Array): Promise<Raster>;
  /** All PNG, 16 bits a channel cut to 8. */
  png(bytes: Uint8Array): Promise<Raster>;
  /** Still WebP, lossy and lossless. */
  webp(bytes: Uint8Array): Promise<Raster>;
  toSrgb: ConvertToSrgb;
  /** Lets go of what is kept for the next picture, where memory is needed for something else. */
  release(): void;
}

type Decode = (bytes: Uint8Array) => Raster;

/** mozjpeg's `preserveOrientation`. */
const AS_STORED = false;

type Format = keyof typeof START;

/**
 * The decoders of @jsquash/jpeg (mozjpeg), @jsquash/png (the Rust crate png) and @jsquash/webp (libwebp), and qcms of pdfjs-dist for
 * ICC profiles, compiled.
 */
export type CodecModules = Record<Format | "icc", WebAssembly.Module>;

/** Orientation is left to one place for all formats: a JPEG's pixels come as they are stored. */
const START = {
  jpeg: (module: WebAssembly.Module) => emscripten(startMozjpeg, module, [AS_STORED]),
  png: async (module: WebAssembly.Module): Promise<Decode> => startPngDecoder(module),
  webp: (module: WebAssembly.Module) => emscripten(startLibwebp, module, []),
};

/**
 * Up to so many pixels, which is all that an isolate decodes to look for faces, a decoder takes no more than 40 MB, of which it starts with
 * 17. One that is made for each such picture would leave as much for the garbage collector to find.
 */
const KEPT_UP_TO = 2_500_000;

/**
 * Decoders on compiled modules. One at a time is kept for the next picture, so that formats do not add up in memory,
 * and only after a picture that was not too large and went well: WebAssembly memory never shrinks, and an instance that has trapped
 * keeps what it had allocated and perhaps a broken stack. A fresh one takes half a millisecond.
 */
export function startCodecs(modules: CodecModules): Codecs {
  // Where there is no such class the packages make one, whose scope holds the first decoder with its 16 MB for good.
  if (!("ImageData" in globalThis)) Object.assign(globalThis, { ImageData: Pixels });
  let kept: { format: Format; decode: Decode } | undefined;

  const codec = (format: Format) => async (bytes: Uint8Array) => {
    const decode = kept?.format === format ? kept.decode : await START[format](modules[format]);
    kept = undefined;
    const raster = decode(bytes);
    if (raster.width * raster.height <= KEPT_UP_TO) kept = { format, decode };
    return raster;
  };

  return {
    jpeg: codec("jpeg"),
    png: codec("png"),
    webp: codec("webp"),
    release() {
      kept = undefined;
    },
    cmykJpeg: async (bytes) => decodeCmykJpeg(bytes),
    toSrgb: startIcc(modules.icc),
  };
}

/** What decoders make of pixels. */
class Pixels implements ImageLike {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

interface ImageLike {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}

type Imports = WebAssembly.Imports;

/** What the packages' Emscripten factories take and give. */
type Factory<Rest extends unknown[]> = (options: {
  noInitialRun: true;
  printErr(warning: string): void;
  instantiateWasm(imports: Imports, received: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
}) => Promise<{ decode(bytes: Uint8Array, ...rest: Rest): ImageLike | null }>;

async function emscripten<Rest extends unknown[]>(
  factory: Factory<Rest>,
  module: WebAssembly.Module,
  rest: Rest,
): Promise<Decode> {
  const codec = await factory({
    noInitialRun: true,
    // Warnings about strangers' pictures are not for the log; what matters is whether pixels come out.
    printErr: () => undefined,
    instantiateWasm(imports, received) {
      const instance = new WebAssembly.Instance(module, imports);
      received(instance);
      return instance.exports;
    },
  });
  return (bytes) => {
    const image = codec.decode(bytes, ...rest);
    if (!image) throw new Error("The picture cannot be decoded.");
    return rasterOf(image);
  };
}

const rasterOf = ({ width, height, data }: ImageLike): Raster => ({
  width,
  height,
  data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});
