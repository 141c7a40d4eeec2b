import * as ort from "onnxruntime-web/wasm";

/** A loaded net with one input. `run` takes a flat tensor and its shape and gives every output, flat, by name. */
export interface Net {
  run(input: Float32Array, shape: readonly number[]): Promise<Outputs>;
  /** Gives back its memory to the runtime; it cannot be run any more. */
  release(): Promise<void>;
}

export type Outputs = Readonly<Record<string, Float32Array>>;

export interface Runtime {
  load(model: Uint8Array | ArrayBuffer): Promise<Net>;
  /**
   * Does the work when all earlier work is done. ONNX Runtime's runs are not re-entrant, and a decoded picture with its
   * decoder weighs tens of megabytes of the isolate's 128: whoever decodes or runs a net does it in turn.
   * Work must not wait for the network in here; it would hold up every other request of the isolate. What vision does in
   * here never leaves the microtask queue: once begun it is done before any timer or other event.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
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

  let turn: Promise<unknown> = Promise.resolve();
  return {
    load: loadNet,
    inTurn(work) {
      const done = turn.then(work);
      turn = done.catch(() => undefined);
      return done;
    },
  };
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
