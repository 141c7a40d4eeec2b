import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import startMozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import decodePng, { init as startPng } from "@jsquash/png/decode.js";
import startLibwebp from "@jsquash/webp/codec/dec/webp_dec.js";
import ExifReader from "exifreader";
import { imageSize } from "image-size";
import jpegJs from "jpeg-js";
import { compositeOnWhite } from "../../imaging/composite.ts";
import { type Orientation, orient } from "../../imaging/orient.ts";
import type { Raster } from "../../imaging/raster.ts";

/** The bytes are no picture that can be painted. The message says which, why, and what to do. */
export class BadPictureError extends Error {
  override name = "BadPictureError";
}

/** As many pixels as the Worker takes: a larger picture did not come by it. */
const MOST_PIXELS = 24_000_000;
/** What jpeg-js may allocate, in MB: it takes 28 bytes a pixel. */
const CMYK_MEMORY = 28 * 24;

/**
 * The upright pixels of a JPEG, PNG or WebP, on white where they were transparent: by the decoders that the Worker has, so that
 * both see the same. Rejects with {@link BadPictureError}. Meant for a process of its own: what is hostile may trap a decoder,
 * and a picture that claims to be large must not be in the way of others.
 */
export async function decodePicture(name: string, bytes: Uint8Array): Promise<Raster> {
  const { type, size } = headerOf(name, bytes);
  if (size && size.width * size.height > MOST_PIXELS)
    throw new BadPictureError(`${name} has more than ${MOST_PIXELS / 1e6} megapixels. Send a smaller one.`);
  const stored = await DECODERS[type](bytes).catch(() => undefined);
  if (!stored || (size && (stored.width !== size.width || stored.height !== size.height)))
    throw new BadPictureError(`${name} cannot be read. Send the whole, unchanged file.`);
  const { width, height, data } = stored;
  const raster = { width, height, data: new Uint8Array(data.buffer, data.byteOffset, 4 * width * height) };
  compositeOnWhite(raster);
  return orient(raster, orientationOf(bytes));
}

/** What a decoder gives: RGBA as it is stored, not turned. */
interface Stored {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}

type Format = "jpg" | "png" | "webp";

const DECODERS: Record<Format, (bytes: Uint8Array) => Promise<Stored>> = {
  // mozjpeg's build refuses four components.
  jpg: (bytes) =>
    emscripten(startMozjpeg, "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm", bytes, [false]).catch(() => cmyk(bytes)),
  png: async (bytes) => {
    await startPng(await compiled("@jsquash/png/codec/pkg/squoosh_png_bg.wasm"));
    // A copy, for a Buffer is a part of a larger one.
    return decodePng(new Uint8Array(bytes).buffer);
  },
  webp: (bytes) => emscripten(startLibwebp, "@jsquash/webp/codec/dec/webp_dec.wasm", bytes, []),
};

/** `size` is undefined where a JPEG's EXIF keeps image-size from finding it; the decoder does not look at EXIF. */
function headerOf(name: string, bytes: Uint8Array): { type: Format; size?: { width: number; height: number } } {
  try {
    const { type, width, height } = imageSize(bytes);
    if (isKnown(type) && width > 0 && height > 0) return { type, size: { width, height } };
  } catch {
    if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { type: "jpg" };
  }
  throw new BadPictureError(`${name} is no picture in a format that is accepted. Send JPEG, PNG or WebP.`);
}

const isKnown = (type: string | undefined): type is Format => type !== undefined && Object.hasOwn(DECODERS, type);

/** EXIF orientation; metadata that cannot be read, or say nothing that exists, are ignored. */
function orientationOf(bytes: Uint8Array): Orientation {
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

/** What the packages' Emscripten factories take and give. */
type Factory<Rest extends unknown[]> = (options: {
  noInitialRun: true;
  printErr(warning: string): void;
  instantiateWasm(
    imports: WebAssembly.Imports,
    received: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports;
}) => Promise<{ decode(bytes: Uint8Array, ...rest: Rest): Stored | null }>;

/** A fresh instance each time: one that has trapped keeps what it had allocated. */
async function emscripten<Rest extends unknown[]>(
  factory: Factory<Rest>,
  wasm: string,
  bytes: Uint8Array,
  rest: Rest,
): Promise<Stored> {
  const module = await compiled(wasm);
  const codec = await factory({
    noInitialRun: true,
    printErr: () => undefined,
    instantiateWasm(imports, received) {
      const instance = new WebAssembly.Instance(module, imports);
      received(instance);
      return instance.exports;
    },
  });
  const stored = codec.decode(bytes, ...rest);
  if (!stored) throw new Error("The decoder gave no pixels.");
  return stored;
}

const cmyk = (bytes: Uint8Array): Stored =>
  jpegJs.decode(bytes, { useTArray: true, tolerantDecoding: false, maxMemoryUsageInMB: CMYK_MEMORY });

const { resolve } = createRequire(import.meta.url);

async function compiled(specifier: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(resolve(specifier)));
}
