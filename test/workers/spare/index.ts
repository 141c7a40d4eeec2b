import jpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import jpegEncoder from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";
import png from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm?module";
import webp from "@jsquash/webp/codec/dec/webp_dec.wasm";
import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import icc from "pdfjs-dist/wasm/qcms_bg.wasm";
import detector from "../../../models/build/detector.onnx";
import spare from "../../../models/build/embedder-mobilefacenet-192.onnx";
import landmarks from "../../../models/build/landmarks.onnx";
import { semblance } from "../../../workers/serve.ts";

/** The product with the alternative 192-dimensional embedder in place of the default one. */
export { GalleryShard, JobChannel, JobWorkflow } from "../../../workers/index.ts";

export default semblance({
  runtime,
  codecs: { jpeg, png, webp, icc },
  jpegEncoder,
  models: { "ultralight-rfb-320": detector, "mtcnn-onet": landmarks, "mobilefacenet-192": spare },
  embedder: "mobilefacenet-192",
});
