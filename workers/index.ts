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
import type { JobRef } from "./jobs/jobs.ts";
import { runJobWorkflow, semblance } from "./serve.ts";

/** The search shard of a collection, with the SIMD kernel. */
export class GalleryShard extends SearchShard {
  protected override readonly kernel = kernel;
}

export { JobChannel } from "./jobs/job-channel.ts";

/** The workflow that runs a job. */
export class JobWorkflow extends WorkflowEntrypoint<Env, JobRef> {
  override run({ payload }: WorkflowEvent<JobRef>, step: WorkflowStep): Promise<void> {
    return runJobWorkflow(this.env, payload, step);
  }
}

/** The deployed Worker with its WebAssembly modules and models. */
export default semblance({
  runtime,
  codecs: { jpeg, png, webp, icc },
  jpegEncoder,
  models: { "ultralight-rfb-320": detector, "mtcnn-onet": landmarks, "faceplugin-512": embedder },
});
