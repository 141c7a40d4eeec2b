import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import jpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import jpegEncoder from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";
import png from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm?module";
import webp from "@jsquash/webp/codec/dec/webp_dec.wasm";
import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import icc from "pdfjs-dist/wasm/qcms_bg.wasm";
import detector from "../models/build/detector.onnx";
import embedder from "../models/build/embedder.onnx";
import landmarks from "../models/build/landmarks.onnx";
import kernel from "./gallery/kernel/kernel.wasm";
import { SearchShard } from "./gallery/shard.ts";
import { runJobLife, semblance } from "./serve.ts";
import type { JobAddress } from "./stylization/jobs.ts";

/** The Worker as it is deployed: the product, with the binaries it runs on handed to it. */
export class GalleryShard extends SearchShard {
  protected override readonly kernel = kernel;
}

export { JobChannel } from "./stylization/job-channel.ts";

export class JobLife extends WorkflowEntrypoint<Env, JobAddress> {
  override run({ payload }: WorkflowEvent<JobAddress>, step: WorkflowStep): Promise<void> {
    return runJobLife(this.env, payload, step);
  }
}

export default semblance({
  runtime,
  codecs: { jpeg, png, webp, icc },
  jpegEncoder,
  models: { "ultralight-rfb-320": detector, "mtcnn-onet": landmarks, "faceplugin-512": embedder },
});
