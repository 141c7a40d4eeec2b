import { readFile } from "node:fs/promises";
import { codecsFromPackages, compiled } from "../container/pictures/codecs.ts";
import { DEFAULT_LIMITS } from "../imaging/codecs/header.ts";
import { MODELS } from "../models/catalog.ts";
import { type Runtime, startRuntime } from "../workers/vision/runtime.ts";
import { createVision, type Vision } from "../workers/vision/vision.ts";

/**
 * Vision in plain Node: WebAssembly from the installed packages, models from `models/build`. It blocks the event loop, so a long
 * loop over pictures that shows its progress must yield from time to time.
 */
export async function visionFromFiles({ embedder }: { embedder?: string } = {}): Promise<Vision> {
  const models = await Promise.all(
    MODELS.map(
      async ({ id, file }) => [id, await readFile(new URL(`../models/build/${file}`, import.meta.url))] as const,
    ),
  );
  return createVision({
    runtime: await runtimeFromFiles(),
    codecs: await codecsFromPackages(),
    models: Object.fromEntries(models),
    // Unlike an isolate, a machine has enough memory to decode all accepted pictures.
    limits: { decodedPixels: DEFAULT_LIMITS.pixels },
    ...(embedder === undefined ? {} : { defaultEmbedder: embedder }),
  });
}

export async function runtimeFromFiles(): Promise<Runtime> {
  return startRuntime(await compiled("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
}
