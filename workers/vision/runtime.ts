import * as ort from "onnxruntime-web/wasm";
import { createTurns, type InTurn } from "./turns.ts";

/** A loaded net with one input. `run` takes a flat tensor and its shape and gives every output, flat, by name. */
export interface Net {
  run(input: Float32Array, shape: readonly number[]): Promise<Outputs>;
  /** Gives back its memory to the runtime; it cannot be run any more. */
  release(): Promise<void>;
}

export type Outputs = Readonly<Record<string, Float32Array>>;

export interface Runtime {
  load(model: Uint8Array | ArrayBuffer): Promise<Net>;
  /** See {@link createTurns}. Whoever decodes a picture or runs a net does it in turn: ONNX Runtime's runs are not re-entrant. */
  inTurn: InTurn;
}

/** What ONNX Runtime is told are its bytes; {@link startRuntime} recognises it and gives the compiled module instead. */
const SENTINEL = new ArrayBuffer(8);

/**
 * Starts ONNX Runtime on one thread. `wasm` is `onnxruntime-web/ort-wasm-simd-threaded.wasm`, compiled: a Worker may
 * not compile bytes, so the runtime's own call of `WebAssembly.instantiate` is answered with an instance of the module.
 */
export function startRuntime(wasm: WebAssembly.Module): Runtime {
  const instantiate = WebAssembly.instantiate.bind(WebAssembly) as (source: unknown, imports?: Imports) => unknown;
  const answered = (source: unknown, imports?: Imports): unknown => {
    const bytes = ArrayBuffer.isView(source) ? source.buffer : source;
    if (bytes !== SENTINEL) return instantiate(source, imports);
    // Synchronously: a start that never leaves the microtask queue cannot be cut in half by a cancelled request.
    return Promise.resolve({ module: wasm, instance: new WebAssembly.Instance(wasm, imports) });
  };
  Object.assign(WebAssembly, { instantiate: answered });
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

/** Makes a thing at its first use and keeps it. A failure is not kept: the next use tries again. */
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
