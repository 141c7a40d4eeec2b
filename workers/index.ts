import jpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import png from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm?module";
import webp from "@jsquash/webp/codec/dec/webp_dec.wasm";
import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import detector from "../models/build/detector.onnx";
import embedder from "../models/build/embedder.onnx";
import landmarks from "../models/build/landmarks.onnx";
import kernel from "./gallery/kernel/kernel.wasm";
import { SearchShard } from "./gallery/shard.ts";
import { semblance } from "./serve.ts";

/** The Worker as it is deployed: the product, with the binaries it runs on handed to it. */
export class GalleryShard extends SearchShard {
  protected override readonly kernel = kernel;
}

export default semblance({
  runtime,
  codecs: { jpeg, png, webp },
  models: { "ultralight-rfb-320": detector, "mtcnn-onet": landmarks, "faceplugin-512": embedder },
});
