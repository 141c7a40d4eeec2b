import { readFileSync } from "node:fs";
import { type Inspector, openInspector } from "../bench/inspector.ts";
import { workerdBelow } from "../bench/processes.ts";
import type { Target } from "./target.ts";

/** The most that was held while an attack went on, in bytes. */
export interface Held {
  /** Of the isolate: WebAssembly memories, JavaScript heap and buffers, as `bench/memory.ts` adds them. 0 where it could not be asked. */
  isolate: number;
  /** Resident memory of the workerd processes beyond what they had before: it also rises where the isolate cannot be asked. */
  process: number;
}

/** Milliseconds between two samples of the heap, of the WebAssembly memories, which only grow, and of resident memory. */
const HEAP_EVERY_MS = 15;
const WASM_EVERY_MS = 500;
const RESIDENT_EVERY_MS = 20;
/** A server that has died or is stuck does not answer the last sample. */
const LAST_SAMPLE_MS = 5_000;

/** Watches what is held until `stop` is called. */
export async function watchMemory(target: Target): Promise<{ stop(): Promise<Held> }> {
  const workerd = workerdBelow(target.pid);
  const before = residentBytes(workerd);
  let resident = before;
  let isolate = 0;
  const watching = setInterval(() => {
    resident = Math.max(resident, residentBytes(workerd));
  }, RESIDENT_EVERY_MS);
  const sampling = await sampleIsolate(target, HEAP_EVERY_MS, (bytes) => {
    isolate = Math.max(isolate, bytes);
  });
  return {
    async stop() {
      clearInterval(watching);
      await sampling.stop();
      return { isolate, process: resident - before };
    },
  };
}

/**
 * Asks the isolate again and again what it holds, dead objects included, in bytes. While it computes it cannot be asked: a sample then
 * waits for its next pause. While the isolate is away it is asked again.
 */
export async function sampleIsolate(
  target: Target,
  everyMs: number,
  each: (bytes: number) => void,
): Promise<{ stop(): Promise<void> }> {
  let over = false;
  let wasm = await wasmBytes(target);
  let inspector: Inspector | undefined;
  const heap = (async () => {
    for (; !over; await later(everyMs)) {
      // wrangler's proxy of the inspector has one client at a time, and drops the one before.
      inspector ??= await openInspector(target.inspectorPort).catch(() => undefined);
      const sample = await inspector?.heap().catch(() => undefined);
      if (sample) each(wasm + sample.used + sample.buffers);
      else inspector = undefined;
    }
  })();
  const memories = (async () => {
    for (; !over; await later(WASM_EVERY_MS)) wasm = await wasmBytes(target);
  })();
  const ended = Promise.allSettled([heap, memories]);
  return {
    async stop() {
      over = true;
      await Promise.race([ended, later(LAST_SAMPLE_MS)]);
      inspector?.close();
    },
  };
}

const wasmBytes = async (target: Target): Promise<number> => (await target.instrument<{ wasm: number }>("memory")).wasm;

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
