import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Codecs, startCodecs } from "../../imaging/codecs/codecs.ts";

/** The Worker's decoders in plain Node, loaded from the installed packages. */
export async function codecsFromPackages(): Promise<Codecs> {
  return startCodecs({
    jpeg: await compiled("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"),
    png: await compiled("@jsquash/png/codec/pkg/squoosh_png_bg.wasm"),
    webp: await compiled("@jsquash/webp/codec/dec/webp_dec.wasm"),
    icc: await compiled("pdfjs-dist/wasm/qcms_bg.wasm"),
  });
}

const { resolve } = createRequire(import.meta.url);

/** Compiles a WebAssembly file of an installed package. */
export async function compiled(specifier: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(resolve(specifier)));
}
