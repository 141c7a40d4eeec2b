import { readFileSync } from "node:fs";
import { type Inspector, openInspector } from "../bench/inspector.ts";
import { workerdBelow } from "../bench/processes.ts";
import type { Target } from "./target.ts";

/** Peak memory during an attack, in bytes. */
export interface PeakMemory {
  /** WebAssembly memories, JavaScript heap and buffers of the isolate, added up as in `bench/memory.ts`. 0 if it could not be read. */
  isolate: number;
  /** Growth of the resident memory of the workerd processes. It can be measured even if the isolate does not answer. */
  process: number;
}

/** Milliseconds between two samples of the heap, the WebAssembly memories (which only grow) and the resident memory. */
const HEAP_EVERY_MS = 15;
const WASM_EVERY_MS = 500;
const RESIDENT_EVERY_MS = 20;
/** A server that has died or hangs does not answer the last sample. */
const STOP_TIMEOUT_MS = 5_000;

/** Measures memory until `stop` is called. */
export async function watchMemory(target: Target): Promise<{ stop(): Promise<PeakMemory> }> {
  const workerd = workerdBelow(target.pid);
  const before = residentBytes(workerd);
  let resident = before;
  let isolate = 0;
  const residentTimer = setInterval(() => {
    resident = Math.max(resident, residentBytes(workerd));
  }, RESIDENT_EVERY_MS);
  const sampling = await sampleIsolate(target, HEAP_EVERY_MS, (bytes) => {
    isolate = Math.max(isolate, bytes);
  });
  return {
    async stop() {
      clearInterval(residentTimer);
      await sampling.stop();
      return { isolate, process: resident - before };
    },
  };
}

/**
 * Samples the memory of the isolate in bytes, including garbage. An isolate that computes does not answer: the sample then waits for its
 * next pause. If the isolate cannot be reached, the sample is retried.
 */
export async function sampleIsolate(
  target: Target,
  everyMs: number,
  each: (bytes: number) => void,
): Promise<{ stop(): Promise<void> }> {
  let isStopped = false;
  let wasm = await wasmBytes(target);
  let inspector: Inspector | undefined;
  const heap = (async () => {
    for (; !isStopped; await delay(everyMs)) {
      // wrangler's inspector proxy accepts one client at a time, and disconnects the previous one.
      inspector ??= await openInspector(target.inspectorPort).catch(() => undefined);
      const sample = await inspector?.heap().catch(() => undefined);
      if (sample) each(wasm + sample.used + sample.buffers);
      else inspector = undefined;
    }
  })();
  const memories = (async () => {
    for (; !isStopped; await delay(WASM_EVERY_MS)) wasm = await wasmBytes(target);
  })();
  const sampled = Promise.allSettled([heap, memories]);
  return {
    async stop() {
      isStopped = true;
      await Promise.race([sampled, delay(STOP_TIMEOUT_MS)]);
      inspector?.close();
    },
  };
}

const wasmBytes = async (target: Target): Promise<number> =>
  (await target.callEndpoint<{ wasm: number }>("memory")).wasm;

const delay = (millis: number) => new Promise<void>((done) => setTimeout(done, millis));

/** VmRSS of processes, from /proc (Linux). */
function residentBytes(pids: readonly number[]): number {
  let bytes = 0;
  for (const pid of pids) {
    try {
      const kilobytes = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      bytes += Number(kilobytes ?? 0) * 1024;
    } catch {
      // The process has ended.
    }
  }
  return bytes;
}
