import startMozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import startLibwebp from "@jsquash/webp/codec/dec/webp_dec.js";
import type { Raster } from "../raster.ts";
import { decodeCmykJpeg } from "./cmyk-jpeg.ts";
import { type ConvertToSrgb, startIcc } from "./icc.ts";
import { startPngDecoder } from "./png-decoder.ts";

/** Decoders from the bytes of a known format to the stored pixels. Each rejects if it cannot decode the bytes. */
export interface Codecs {
  /** Gray and color JPEG, baseline and progressive. */
  jpeg(bytes: Uint8Array): Promise<Raster>;
  /** JPEG with four components. The raster holds CMYK, for {@link toSrgb}. */
  cmykJpeg(bytes: Uint8Array): Promise<Raster>;
  /** All PNG; 16 bits a channel are truncated to 8. */
  png(bytes: Uint8Array): Promise<Raster>;
  /** Still WebP, lossy and lossless. */
  webp(bytes: Uint8Array): Promise<Raster>;
  toSrgb: ConvertToSrgb;
  /** Drops the decoder that is kept for the next picture, to free its memory. */
  release(): void;
}

type Decode = (bytes: Uint8Array) => Raster;

/** mozjpeg's `preserveOrientation`. */
const AS_STORED = false;

type Format = keyof typeof START;

/**
 * The compiled decoders of @jsquash/jpeg (mozjpeg), @jsquash/png (the Rust crate png) and @jsquash/webp (libwebp), and qcms of
 * pdfjs-dist for ICC profiles.
 */
export type CodecModules = Record<Format | "icc", WebAssembly.Module>;

/** The decoders return JPEG pixels as they are stored, because `decodePicture` applies the orientation for all formats. */
const START = {
  jpeg: (module: WebAssembly.Module) => emscripten(startMozjpeg, module, [AS_STORED]),
  png: async (module: WebAssembly.Module): Promise<Decode> => startPngDecoder(module),
  webp: (module: WebAssembly.Module) => emscripten(startLibwebp, module, []),
};

/**
 * A decoder is kept after a picture of at most this many pixels, the most that an isolate decodes to find faces. Up to here a
 * decoder takes at most 40 MB, of which it allocates 17 MB at its start. A new decoder for each picture would leave as much for
 * the garbage collector.
 */
const MAX_PIXELS_TO_KEEP = 2_500_000;

/**
 * Starts decoders on compiled modules. Only one decoder is kept for the next picture, so that formats do not add up in memory.
 * It is kept only after a picture that was small enough and decoded without an error: WebAssembly memory never shrinks, and an
 * instance that has trapped leaks its allocations and can have a broken stack. A new instance takes half a millisecond.
 */
export function startCodecs(modules: CodecModules): Codecs {
  // If ImageData is missing, the packages define it in a scope that keeps the first decoder and its 16 MB forever.
  if (!("ImageData" in globalThis)) Object.assign(globalThis, { ImageData: Pixels });
  let kept: { format: Format; decode: Decode } | undefined;

  const codec = (format: Format) => async (bytes: Uint8Array) => {
    const decode = kept?.format === format ? kept.decode : await START[format](modules[format]);
    kept = undefined;
    const raster = decode(bytes);
    if (raster.width * raster.height <= MAX_PIXELS_TO_KEEP) kept = { format, decode };
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

/** A minimal ImageData for the decoders. */
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

/** The signature of the packages' Emscripten factories. */
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
    // Warnings about users' pictures do not belong in the log; the result alone matters.
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
