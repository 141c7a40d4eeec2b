import * as ort from "./onnxruntime.ts";
import type { PROVIDERS, Provider } from "./provider.ts";
import type { Shape } from "./value.ts";

export interface FloatTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export interface Session {
  /** The execution provider in use, after any fallback. */
  readonly provider: Provider;
  /** Allows one run at a time. A run blocks the event loop until it is done. */
  run(feeds: Readonly<Record<string, FloatTensor>>): Promise<Record<string, FloatTensor>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  provider?: (typeof PROVIDERS)[number];
  /** Threads of the CPU provider. Default: 1, because a second thread mostly waits. */
  threads?: number;
}

/**
 * Creates a session for an ONNX graph. Throws if the requested provider is not available; `auto` falls back to the CPU.
 */
export async function openSession(
  graph: Uint8Array,
  { provider = "cpu", threads = 1 }: SessionOptions = {},
): Promise<Session> {
  const candidates: readonly Provider[] = provider === "auto" ? ["cuda", "webgpu", "cpu"] : [provider];
  const failures: string[] = [];
  for (const candidate of candidates) {
    try {
      const session = await ort.InferenceSession.create(graph, {
        executionProviders: candidate === "cpu" ? ["cpu"] : [candidate, "cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
      });
      return wrapSession(session, candidate);
    } catch (error) {
      failures.push(`${candidate}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `No execution provider could be started. Use the provider "auto" to fall back to the CPU. ${failures.join("; ")}`,
  );
}

function wrapSession(session: ort.InferenceSession, provider: Provider): Session {
  return {
    provider,
    async run(feeds) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, shape }]) => [name, new ort.Tensor("float32", data, shape)]),
      );
      const outputs = await session.run(tensors);
      return Object.fromEntries(session.outputNames.map((name) => [name, floatTensorOf(name, outputs[name])]));
    },
    release: () => session.release(),
  };
}

function floatTensorOf(name: string, tensor: ort.Tensor | undefined): FloatTensor {
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`The graph's output ${name} is not float32.`);
  return { shape: tensor.dims, data: tensor.data };
}
