/** ONNX Runtime execution providers. This list is not in `run.ts`, so that reading it does not load the runtime. */
export const PROVIDERS = ["auto", "cpu", "webgpu", "cuda"] as const;

/** An execution provider. `auto` selects the first of CUDA, WebGPU and CPU that starts. */
export type Provider = Exclude<(typeof PROVIDERS)[number], "auto">;
