import type { Raster } from "../raster.ts";

/**
 * The part of @jsquash/png that decodes to 8 bits, on a WebAssembly instance that this function creates. The package's own glue
 * keeps one instance forever. Its Rust code panics on a bad picture, and a panicked instance has lost its stack and leaks its
 * allocations. An instance that is created here can be replaced.
 */
export function startPngDecoder(module: WebAssembly.Module): (bytes: Uint8Array) => Raster {
  let decoded: Raster | undefined;
  const implementations: Record<string, (...args: number[]) => number> = {
    /** new ImageData(pixels, width, height). It owns the pixels and frees them. */
    newwithownedu8clampedarrayandsh: (pointer = 0, length = 0, width = 0, height = 0) => {
      const pixels = new Uint8Array(wasm.memory.buffer, pointer >>> 0, length).slice();
      wasm.__wbindgen_free(pointer, length, 1);
      decoded = { width, height, data: pixels };
      return 0;
    },
  };
  const imports = WebAssembly.Module.imports(module).map(({ name }) => [
    name,
    implementations[plainName(name)] ?? throwOnCall(name),
  ]);
  const instance = new WebAssembly.Instance(module, { wbg: Object.fromEntries(imports) });
  const wasm = instance.exports as unknown as PngExports;

  return (bytes) => {
    const pointer = wasm.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(wasm.memory.buffer).set(bytes, pointer);
    wasm.decode(pointer, bytes.length);
    const raster = decoded;
    decoded = undefined;
    if (!raster) throw new Error("The PNG decoder returned no pixels.");
    return raster;
  };
}

interface PngExports {
  memory: WebAssembly.Memory;
  __wbindgen_malloc(length: number, alignment: number): number;
  __wbindgen_free(pointer: number, length: number, alignment: number): void;
  /** Takes ownership of the bytes. Calls the import that creates the ImageData, or panics. */
  decode(pointer: number, length: number): number;
}

/** `__wbg_newwithowned…_91db5987993a08fb` without wasm-bindgen's prefix and hash. */
const plainName = (name: string): string => name.replace(/^__wbg_/, "").replace(/_[0-9a-f]{16}$/, "");

const throwOnCall = (name: string) => (): never => {
  throw new Error(`The PNG decoder failed (${name}).`);
};
