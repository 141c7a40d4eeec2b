import { readFileSync } from "node:fs";

/**
 * Runs as a separate process: `node --expose-gc bench/stylize-peak.ts <picture> <style> FAST|FINE <maxSide>`. It paints a picture with the
 * Worker's own code and prints the peak memory without garbage. Whenever a large array or WebAssembly memory is created, it collects
 * garbage and measures the memory. So it finds the peak within a stage, not only the memory at its end.
 */
const [, , picture = "", style = "", quality = "", side = "512"] = process.argv;

/** Smaller arrays do not trigger a measurement. The next large one includes them. */
const LARGE_BYTES = 256 * 1024;
let codeBytes = 0;
let peak = { bytes: 0, at: "" };

function measure(): void {
  // Twice: the first collection only marks some dead buffers for release.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const runtime = shared.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  // External memory without arrays is compiled WebAssembly, which exists from the beginning, and WebAssembly memories that are not shared.
  const codecs = external - arrayBuffers - codeBytes;
  const bytes = heapUsed + arrayBuffers + runtime + codecs;
  if (bytes > peak.bytes) {
    const frames = new Error().stack?.split("\n").slice(4, 7) ?? [];
    const at = frames.map((line) => line.trim().replace(/^at |\(?file:.*\/|\)$/g, "")).join(" < ");
    peak = {
      bytes,
      at: `heap ${mb(heapUsed)}, arrays ${mb(arrayBuffers)}, runtime ${mb(runtime)}, codecs ${mb(codecs)}: ${at}`,
    };
  }
}

/** The shared memories of onnxruntime-web. They are never freed. */
const shared: WebAssembly.Memory[] = [];
const OriginalInstance = WebAssembly.Instance;
class WatchedInstance extends OriginalInstance {
  constructor(module: WebAssembly.Module, imports: WebAssembly.Imports = {}) {
    super(module, imports);
    for (const value of [
      ...Object.values(imports).flatMap((given) => Object.values(given)),
      ...Object.values(this.exports),
    ]) {
      if (value instanceof WebAssembly.Memory && value.buffer instanceof SharedArrayBuffer) shared.push(value);
    }
  }
}
Object.assign(WebAssembly, { Instance: WatchedInstance });

const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

for (const name of [
  "Float32Array",
  "Float64Array",
  "Int16Array",
  "Int32Array",
  "Uint8Array",
  "Uint8ClampedArray",
] as const) {
  const watched: object = new Proxy(globalThis[name], {
    construct(target, given: unknown[], made: unknown): { byteLength: number } {
      const array: { byteLength: number } = Reflect.construct(
        target,
        given,
        made === watched ? target : (made as typeof target),
      );
      if (array.byteLength >= LARGE_BYTES && typeof given[0] !== "object") measure();
      return array;
    },
  });
  Object.assign(globalThis, { [name]: watched });
}

const { createStylizer } = await import("../workers/vision/stylizer.ts");
const { startJpegEncoder } = await import("../workers/vision/encode.ts");
const { startRuntime } = await import("../workers/vision/runtime.ts");
const { codecsFromPackages, compiled } = await import("../container/pictures/codecs.ts");
const { createVision } = await import("../workers/vision/vision.ts");
const { MODELS } = await import("../models/catalog.ts");
const { SHIPPED_STYLES } = await import("../models/styles.ts");

const models = Object.fromEntries(
  MODELS.map(({ id, file }) => [id, readFileSync(new URL(`../models/build/${file}`, import.meta.url))]),
);
const parts = {
  runtime: startRuntime(await compiled("onnxruntime-web/ort-wasm-simd-threaded.wasm")),
  codecs: await codecsFromPackages(),
  // On Cloudflare the Images binding does this, outside the isolate.
  shrink: async ({ parts }: { parts: readonly Uint8Array[] }, { width, height }: { width: number; height: number }) => {
    const { createCanvas, loadImage } = await import("@napi-rs/canvas");
    const image = await loadImage(Buffer.concat(parts));
    const k = Math.min(width / image.width, height / image.height);
    const canvas = createCanvas(Math.floor(image.width * k), Math.floor(image.height * k));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.encode("jpeg", 95);
  },
};
const vision = createVision({ ...parts, models });
await vision.ready();
const stylizer = createStylizer({
  ...parts,
  facesIn: vision.facesIn,
  encode: startJpegEncoder(await compiled("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm")),
});
const { traits } = SHIPPED_STYLES.find(({ name }) => name === style)!;
const folder = new URL(`../models/styles/${style}/`, import.meta.url);
const bytes = readFileSync(picture);
globalThis.gc?.();
const { external, arrayBuffers } = process.memoryUsage();
codeBytes = external - arrayBuffers;
peak = { bytes: 0, at: "" };
const painted = await stylizer.paint(bytes, {
  net: { key: style, file: readFileSync(new URL("net.onnx", folder)), traits },
  ...(quality === "FINE" ? { patches: readFileSync(new URL("painting.jpg", folder)) } : {}),
  strength: 1,
  preserveColors: true,
  maxSide: Number(side),
});
if (painted.kind !== "painted") throw new Error(painted.message);
console.log(JSON.stringify({ ...peak, width: painted.width, height: painted.height }));
