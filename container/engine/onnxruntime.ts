/** ONNX Runtime for Node without its telemetry: the only module that imports it (`biome.json`). */
import "./no-telemetry.ts";

export { InferenceSession, Tensor } from "onnxruntime-node";
