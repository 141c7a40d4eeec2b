import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { catalog } from "../models/catalog.ts";
import { startCodecs } from "../workers/vision/codecs.ts";
import { startRuntime } from "../workers/vision/runtime.ts";
import { createVision, type Vision } from "../workers/vision/vision.ts";

/** Roles of the nets that vision works with. */
const ROLES = new Set(["detector", "landmarks", "embedder"]);

/** Vision on plain Node: WebAssembly from the installed packages, models from `models/build`. */
export async function visionFromFiles({ embedder }: { embedder?: string } = {}): Promise<Vision> {
  const [ort, jpeg, png, webp] = await Promise.all([
    wasm("onnxruntime-web/ort-wasm-simd-threaded.wasm"),
    wasm("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"),
    wasm("@jsquash/png/codec/pkg/squoosh_png_bg.wasm"),
    wasm("@jsquash/webp/codec/dec/webp_dec.wasm"),
  ]);
  const models = await Promise.all(
    catalog
      .filter(({ role }) => ROLES.has(role))
      .map(async ({ id, file }) => [id, await readFile(new URL(`../models/build/${file}`, import.meta.url))] as const),
  );
  return createVision({
    runtime: startRuntime(ort),
    codecs: startCodecs({ jpeg, png, webp }),
    models: Object.fromEntries(models),
    ...(embedder === undefined ? {} : { defaultEmbedder: embedder }),
  });
}

const resolve = createRequire(import.meta.url).resolve;

async function wasm(specifier: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(resolve(specifier)));
}
