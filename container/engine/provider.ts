/** What can run a graph. Apart from `run.ts`, so that whoever only names one does not load the runtime. */
export const PROVIDERS = ["auto", "cpu", "webgpu", "cuda"] as const;

/** What runs it. `auto` takes the first of CUDA, WebGPU and CPU that starts. */
export type Provider = Exclude<(typeof PROVIDERS)[number], "auto">;
