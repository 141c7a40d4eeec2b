import type { Raster } from "../raster.ts";

/** The color space of stored pixels. Gray pixels have the same value in all three channels. */
export type ColorSpace = "GRAY" | "RGB" | "CMYK";

/** Maximum size of an ICC profile, in bytes. Profiles of printing presses have about 2 MB. */
export const ICC_LIMIT = 4 * 1024 * 1024;

/**
 * Converts pixels to sRGB in place, by their ICC profile. Throws if the profile fails halfway. Without a usable profile, gray and
 * RGB count as sRGB, and CMYK as inks that filter light independently. A profile of another color space than the pixels' is not
 * usable.
 */
export type ConvertToSrgb = (pixels: Raster, space: ColorSpace, profile?: Uint8Array) => void;

/** Pixels that are converted at a time, so that WebAssembly holds less than half a megabyte of a picture. */
const CHUNK = 32 * 1024;
/** The largest sRGB profile that is cached, in bytes. Profiles that cameras and editors write have 3 KB. */
const MAX_CACHED_PROFILE = 64 * 1024;
/** qcms's codes for pixel formats and for the perceptual intent. */
const DATA_TYPE: Readonly<Record<ColorSpace, number>> = { RGB: 0, GRAY: 3, CMYK: 5 };
const CHANNELS: Readonly<Record<ColorSpace, number>> = { GRAY: 1, RGB: 3, CMYK: 4 };
const PERCEPTUAL = 0;

/**
 * Color management by qcms (from Firefox), as pdf.js compiles it to WebAssembly. Each picture gets a new instance, because a
 * profile can make qcms panic; it starts in under a millisecond. Measured against LittleCMS on a grid of colors: AdobeRGB,
 * Display P3, ProPhoto and gray differ by at most 2 levels of 255, CMYK by 0.7 on average and 8 at most.
 */
export function startIcc(module: WebAssembly.Module): ConvertToSrgb {
  let srgb: Uint8Array | undefined;

  return (pixels, space, profile) => {
    const usable = profile !== undefined && spaceOf(profile) === space ? profile : undefined;
    if (usable && srgb && equal(usable, srgb)) return;
    const convert = usable && converterOf(module, usable, space);
    if (!convert) {
      if (space === "CMYK") mixInks(pixels);
    } else if (space !== "CMYK" && isIdentity(convert, space)) {
      if (usable.length <= MAX_CACHED_PROFILE) srgb = usable.slice();
    } else convertPixels(pixels, convert, space);
  };
}

/** Converts pixels in the profile's space, without padding, to RGBA. */
type Convert = (pixels: Uint8Array) => Uint8Array;

/** The color space in a profile's header. ICC.1:2022, 7.2.8. */
export function spaceOf(profile: Uint8Array): ColorSpace | undefined {
  const name = String.fromCharCode(...profile.subarray(16, 20)).trim();
  return name === "GRAY" || name === "RGB" || name === "CMYK" ? name : undefined;
}

/** Returns undefined if qcms cannot use the profile. */
function converterOf(module: WebAssembly.Module, profile: Uint8Array, space: ColorSpace): Convert | undefined {
  try {
    const convert = startQcms(module, profile, space);
    // A profile that makes qcms panic usually does so on the first pixels.
    convert?.(new Uint8Array(CHANNELS[space]));
    return convert;
  } catch {
    return undefined;
  }
}

function convertPixels({ data }: Raster, convert: Convert, space: ColorSpace): void {
  const channels = CHANNELS[space];
  const chunk = new Uint8Array(CHUNK * channels);
  for (let start = 0; start < data.length; start += 4 * CHUNK) {
    const pixels = data.subarray(start, start + 4 * CHUNK);
    const count = pixels.length / 4;
    for (let i = 0; i < count; i++) for (let c = 0; c < channels; c++) chunk[i * channels + c] = pixels[4 * i + c]!;
    const converted = convert(chunk.subarray(0, count * channels));
    for (let i = 0; i < pixels.length; i += 4) {
      pixels[i] = converted[i]!;
      pixels[i + 1] = converted[i + 1]!;
      pixels[i + 2] = converted[i + 2]!;
      if (space === "CMYK") pixels[i + 3] = 255;
    }
  }
}

/** Steps of a channel in the grid of colors that decides whether a profile is sRGB. */
const GRID = Array.from({ length: 9 }, (_, step) => Math.round((step * 255) / 8));
const GRIDS = {
  RGB: Uint8Array.from(GRID.flatMap((r) => GRID.flatMap((g) => GRID.flatMap((b) => [r, g, b])))),
  GRAY: Uint8Array.from({ length: 256 }, (_, level) => level),
};

/** Whether the profile maps every color of a grid to itself, up to rounding. sRGB profiles differ in their names and bytes. */
function isIdentity(convert: Convert, space: "RGB" | "GRAY"): boolean {
  const grid = GRIDS[space];
  const channels = CHANNELS[space];
  const converted = convert(grid);
  for (let i = 0; i < grid.length / channels; i++)
    for (let c = 0; c < 3; c++)
      if (Math.abs(converted[4 * i + c]! - grid[channels * i + Math.min(c, channels - 1)]!) > 1) return false;
  return true;
}

/** Converts CMYK without a profile as browsers do: each ink transmits its share of the light. Inks are in [0, 255]. */
function mixInks({ data }: Raster): void {
  for (let i = 0; i < data.length; i += 4) {
    const light = 255 - data[i + 3]!;
    for (let c = i; c < i + 3; c++) data[c] = Math.round(((255 - data[c]!) * light) / 255);
    data[i + 3] = 255;
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

interface QcmsExports {
  memory: WebAssembly.Memory;
  __wbindgen_externrefs: WebAssembly.Table;
  __wbindgen_start(): void;
  __wbindgen_malloc(length: number, alignment: number): number;
  /** Takes ownership of the bytes. Returns 0 if the profile cannot be used. */
  qcms_transformer_from_memory(pointer: number, length: number, dataType: number, intent: number): number;
  /** Takes ownership of the bytes, and passes the result to the import `copy_result`: RGBA if `alpha` is true, else RGB. */
  qcms_convert_array(transformer: number, pointer: number, length: number, alpha: boolean): void;
}

/** Replaces pdf.js's own glue, which keeps a single instance forever. */
function startQcms(module: WebAssembly.Module, profile: Uint8Array, space: ColorSpace): Convert | undefined {
  let result = new Uint8Array();
  const imports: WebAssembly.ModuleImports = {};
  for (const { name } of WebAssembly.Module.imports(module)) {
    if (name.includes("copy_result"))
      imports[name] = (pointer: number, length: number) => {
        // qcms frees the result when the call returns.
        result = new Uint8Array(qcms.memory.buffer, pointer >>> 0, length >>> 0).slice();
      };
    else if (name.includes("init_externref_table")) imports[name] = () => qcms.__wbindgen_externrefs.grow(4);
    else
      imports[name] = () => {
        throw new Error(`qcms failed on the color profile (${name}).`);
      };
  }
  const [{ module: namespace } = { module: "" }] = WebAssembly.Module.imports(module);
  const qcms = new WebAssembly.Instance(module, { [namespace]: imports }).exports as unknown as QcmsExports;
  qcms.__wbindgen_start();
  const copyIn = (bytes: Uint8Array): [pointer: number, length: number] => {
    const pointer = qcms.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(qcms.memory.buffer).set(bytes, pointer);
    return [pointer, bytes.length];
  };
  const transformer = qcms.qcms_transformer_from_memory(...copyIn(profile), DATA_TYPE[space], PERCEPTUAL) >>> 0;
  if (transformer === 0) return undefined;
  return (pixels) => {
    qcms.qcms_convert_array(transformer, ...copyIn(pixels), true);
    return result;
  };
}
