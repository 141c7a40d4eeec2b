import jpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import jpegEncoder from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";
import png from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm?module";
import webp from "@jsquash/webp/codec/dec/webp_dec.wasm";
import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import icc from "pdfjs-dist/wasm/qcms_bg.wasm";
import detector from "../../../models/build/detector.onnx";
import embedder from "../../../models/build/embedder.onnx";
import landmarks from "../../../models/build/landmarks.onnx";
import kernel from "../../../workers/gallery/kernel/kernel.wasm";
import { SearchShard } from "../../../workers/gallery/shard.ts";
import type { Address } from "../../../workers/gallery/shards.ts";
import type { Blobs } from "../../../workers/platform/blobs.ts";
import { semblance } from "../../../workers/serve.ts";

export { JobChannel, JobWorkflow } from "../../../workers/index.ts";

/** The product with a shard that crashes on request: a real abort of the Durable Object. */
export class GalleryShard extends SearchShard {
  protected override readonly kernel = kernel;

  async crashNext(calls: number): Promise<void> {
    await this.ctx.storage.put("crashes", calls);
  }

  /** Sets the shard's own alarm to now. */
  async compareNow(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now());
  }

  override async catchUp(at: Address): Promise<void> {
    await this.#crashIfRequested();
    return super.catchUp(at);
  }

  override async erase(): Promise<void> {
    await this.#crashIfRequested();
    return super.erase();
  }

  async #crashIfRequested(): Promise<void> {
    const left = (await this.ctx.storage.get<number>("crashes")) ?? 0;
    if (left === 0) return;
    await this.ctx.storage.put("crashes", left - 1);
    await this.ctx.storage.sync();
    this.ctx.abort("crash requested");
  }
}

/** An R2 whose first write of each content breaks midway, and which cannot delete expired objects. */
function failingOnce(real: Blobs): Blobs {
  const failed = new Set<string>();
  return {
    ...real,
    deleteExpired: () => Promise.reject(new Error("R2 cannot be reached.")),
    put(info, body) {
      if (failed.has(info.sha256)) return real.put(info, body);
      failed.add(info.sha256);
      const half = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.error(new Error("R2 cannot be reached.")),
      });
      return real.put(info, half);
    },
  };
}

export default semblance({
  runtime,
  codecs: { jpeg, png, webp, icc },
  jpegEncoder,
  models: { "ultralight-rfb-320": detector, "mtcnn-onet": landmarks, "faceplugin-512": embedder },
  wrapBlobs: failingOnce,
});
