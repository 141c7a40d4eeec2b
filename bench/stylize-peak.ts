import { readFileSync } from "node:fs";

/**
 * A process of its own (`node --expose-gc bench/stylize-peak.ts <picture> <style> FAST|FINE <maxSide>`): paints a picture with the
 * Worker's own code, and prints the most that was alive at any time. Whenever a large array or WebAssembly memory is made, all
 * that nobody holds is collected, and what is left is counted: so the peak within a stage is seen, not only what it leaves.
 */
const [, , picture = "", style = "", quality = "", side = "512"] = process.argv;

/** Smaller arrays are counted with the next large one. */
const LARGE = 256 * 1024;
let code = 0;
let peak = { bytes: 0, at: "" };

function count(): void {
  // Twice: buffers that the first finds dead are let go in passing.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const runtime = shared.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  // External beside arrays are compiled WebAssembly, which is there from the beginning, and memories, but for shared ones.
  const codecs = external - arrayBuffers - code;
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

/** Of onnxruntime-web, which is there for good. */
const shared: WebAssembly.Memory[] = [];
const BareInstance = WebAssembly.Instance;
class WatchedInstance extends BareInstance {
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
      if (array.byteLength >= LARGE && typeof given[0] !== "object") count();
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
  // Done elsewhere, as by the Images binding.
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
code = external - arrayBuffers;
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
