import { readFileSync } from "node:fs";
import { type Inspector, openInspector } from "../bench/inspector.ts";
import { workerdBelow } from "../bench/processes.ts";
import type { Target } from "./target.ts";

/** The most that was held while an attack went on, in bytes. */
export interface Held {
  /** Of the isolate: WebAssembly memories, JavaScript heap and buffers, as `bench/memory.ts` adds them. */
  isolate: number;
  /** Of the workerd processes: resident memory beyond what they had before. It also sees what a sample of the isolate misses. */
  process: number;
}

/** Milliseconds between two samples of the heap, and between two readings of the WebAssembly memories, which only grow. */
const HEAP_EVERY_MS = 15;
const WASM_EVERY_MS = 500;
const RESIDENT_EVERY_MS = 20;

/** Samples memory until `stop` is called. While the isolate computes it cannot be asked: a sample then waits for its next pause. */
export async function watchMemory(target: Target): Promise<{ stop(): Promise<Held> }> {
  const workerd = workerdBelow(target.pid);
  const before = residentBytes(workerd);
  let over = false;
  let isolate = 0;
  let resident = before;
  const watching = setInterval(() => {
    resident = Math.max(resident, residentBytes(workerd));
  }, RESIDENT_EVERY_MS);
  let wasm = await wasmBytes(target);
  const inspector = await openInspector(target.inspectorPort);

  const sampling = (async () => {
    while (!over) {
      const heap = await sampled(inspector);
      if (heap === undefined) return;
      isolate = Math.max(isolate, wasm + heap);
      await later(HEAP_EVERY_MS);
    }
  })();
  const reading = (async () => {
    while (!over) {
      wasm = Math.max(wasm, await wasmBytes(target));
      await later(WASM_EVERY_MS);
    }
  })();
  return {
    async stop() {
      over = true;
      clearInterval(watching);
      // A server that has died or is stuck answers neither.
      await Promise.race([Promise.all([sampling, reading]), later(5_000)]);
      inspector.close();
      return { isolate, process: Math.max(0, resident - before) };
    },
  };
}

const sampled = (inspector: Inspector) =>
  inspector.heap().then(
    ({ used, buffers }) => used + buffers,
    () => undefined,
  );

const wasmBytes = (target: Target): Promise<number> =>
  target.instrument<{ wasm: number }>("memory").then(
    ({ wasm }) => wasm,
    () => 0,
  );

const later = (millis: number) => new Promise<void>((done) => setTimeout(done, millis));

/** VmRSS of processes, from /proc (Linux). */
function residentBytes(pids: readonly number[]): number {
  let bytes = 0;
  for (const pid of pids) {
    try {
      const kilobytes = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      bytes += Number(kilobytes ?? 0) * 1024;
    } catch {
      // It has ended.
    }
  }
  return bytes;
}
