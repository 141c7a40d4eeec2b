import startMozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import startLibwebp from "@jsquash/webp/codec/dec/webp_dec.js";
import jpegJs from "jpeg-js";
import type { Raster } from "../raster.ts";
import { startPngDecoder } from "./png-decoder.ts";

/** From bytes of a known format to the pixels as they are stored. Each rejects when it cannot read them. */
export interface Codecs {
  /** Grey and colour JPEG, baseline and progressive. */
  jpeg(bytes: Uint8Array): Promise<Raster>;
  /** JPEG of four components, CMYK or YCCK, to RGB as Adobe's marker says. */
  cmykJpeg(bytes: Uint8Array): Promise<Raster>;
  /** All PNG, 16 bits a channel cut to 8. */
  png(bytes: Uint8Array): Promise<Raster>;
  /** Still WebP, lossy and lossless. */
  webp(bytes: Uint8Array): Promise<Raster>;
  /** Lets go of what is kept for the next picture, where memory is needed for something else. */
  release(): void;
}

type Decode = (bytes: Uint8Array) => Raster;

/** mozjpeg's `preserveOrientation`. */
const AS_STORED = false;

/** The decoders of @jsquash/jpeg (mozjpeg), @jsquash/png (the Rust crate png) and @jsquash/webp (libwebp), compiled. */
export type CodecModules = Record<keyof typeof START, WebAssembly.Module>;

/** Orientation is left to one place for all formats: a JPEG's pixels come as they are stored. */
const START = {
  jpeg: (module: WebAssembly.Module) => emscripten(startMozjpeg, module, [AS_STORED]),
  png: async (module: WebAssembly.Module): Promise<Decode> => startPngDecoder(module),
  webp: (module: WebAssembly.Module) => emscripten(startLibwebp, module, []),
};

/** Up to so many pixels a decoder's memory stays near the 17 MB it starts with. Measured: 3 megapixels take up to 40. */
const KEPT_UP_TO = 1_000_000;

/** What jpeg-js may allocate, in MB, unless it is said how large a picture may be: the pixels are limited before. */
const CMYK_MEMORY = 256;
/** What it takes of a pixel. */
const CMYK_BYTES = 28;

/**
 * Decoders on compiled modules. One at a time is kept for the next picture, so that formats do not add up in memory,
 * and only after a small picture that went well: WebAssembly memory never shrinks, and an instance that has trapped
 * keeps what it had allocated and perhaps a broken stack. A fresh one takes half a millisecond. `mostPixels`: of a
 * picture, where there is more room than an isolate's.
 */
export function startCodecs(modules: CodecModules, { mostPixels }: { mostPixels?: number } = {}): Codecs {
  const cmykMemory = mostPixels === undefined ? CMYK_MEMORY : (CMYK_BYTES * mostPixels) / 1e6;
  // Where there is no such class the packages make one, whose scope holds the first decoder with its 16 MB for good.
  if (!("ImageData" in globalThis)) Object.assign(globalThis, { ImageData: Pixels });
  let kept: { format: keyof CodecModules; decode: Decode } | undefined;

  const codec = (format: keyof CodecModules) => async (bytes: Uint8Array) => {
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
    async cmykJpeg(bytes) {
      return rasterOf(
        jpegJs.decode(bytes, { useTArray: true, tolerantDecoding: false, maxMemoryUsageInMB: cmykMemory }),
      );
    },
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
