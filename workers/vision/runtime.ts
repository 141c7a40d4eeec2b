import * as ort from "onnxruntime-web/wasm";
import { createTurns, type InTurn } from "./turns.ts";

/** A loaded net with one input. `run` takes a flat tensor and its shape and returns all outputs, flat, by name. */
export interface Net {
  run(input: Float32Array, shape: readonly number[]): Promise<Outputs>;
  /** Releases its memory. The net cannot be run afterwards. */
  release(): Promise<void>;
}

export type Outputs = Readonly<Record<string, Float32Array>>;

export interface Runtime {
  load(model: Uint8Array | ArrayBuffer): Promise<Net>;
  /** See {@link createTurns}. All decoding and inference must run in turns, because ONNX Runtime is not re-entrant. */
  inTurn: InTurn;
}

/** Passed to ONNX Runtime as its WebAssembly bytes. {@link startRuntime} recognizes it and supplies the compiled module instead. */
const SENTINEL = new ArrayBuffer(8);

/**
 * Starts ONNX Runtime on one thread. `wasm` is `onnxruntime-web/ort-wasm-simd-threaded.wasm`, already compiled, because a Worker must not
 * compile bytes. This replaces `WebAssembly.instantiate`, so that the runtime's call of it gets an instance of that module.
 */
export function startRuntime(wasm: WebAssembly.Module): Runtime {
  const instantiate = WebAssembly.instantiate.bind(WebAssembly) as (source: unknown, imports?: Imports) => unknown;
  const instantiateOrReuse = (source: unknown, imports?: Imports): unknown => {
    const bytes = ArrayBuffer.isView(source) ? source.buffer : source;
    if (bytes !== SENTINEL) return instantiate(source, imports);
    // Synchronous, so that the start never leaves the microtask queue: then a canceled request cannot interrupt it.
    return Promise.resolve({ module: wasm, instance: new WebAssembly.Instance(wasm, imports) });
  };
  Object.assign(WebAssembly, { instantiate: instantiateOrReuse });
  Object.assign(ort.env.wasm, { wasmBinary: SENTINEL, numThreads: 1, proxy: false });
  ort.env.logLevel = "error";
  return { load: loadNet, inTurn: createTurns() };
}

type Imports = WebAssembly.Imports;

async function loadNet(model: Uint8Array | ArrayBuffer): Promise<Net> {
  const bytes = model instanceof Uint8Array ? model : new Uint8Array(model);
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const [inputName] = session.inputNames;
  if (inputName === undefined) throw new TypeError("The model has no input.");
  return {
    async run(input, shape) {
      const outputs = await session.run({ [inputName]: new ort.Tensor("float32", input, shape) });
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
    },
    release: () => session.release(),
  };
}

/** Creates a value at its first use and keeps it. A failure is not kept: the next use retries. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
