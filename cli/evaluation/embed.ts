import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Instructions, Sight } from "./embed-worker.ts";

/** Runs the product's pipeline over pictures, on as many threads as there are cores. Calls `done` after each. */
export async function embedAll(
  paths: readonly string[],
  embedder: string,
  done: () => void,
): Promise<Map<string, Sight>> {
  const sights = new Map<string, Sight>();
  const queue = [...new Set(paths)].values();
  const threads = Math.min(availableParallelism(), paths.length);
  await Promise.all(Array.from({ length: threads }, () => work(queue, sights, embedder, done)));
  return sights;
}

/** One thread, which takes the next picture whenever it is done with one. */
function work(queue: Iterator<string>, sights: Map<string, Sight>, embedder: string, done: () => void): Promise<void> {
  const workerData: Instructions = { embedder };
  const thread = new Worker(new URL("embed-worker.ts", import.meta.url), { workerData });
  return new Promise<void>((resolve, reject) => {
    let path: string | undefined;
    thread.on("error", reject);
    thread.on("message", (message: "ready" | Sight) => {
      if (message !== "ready") {
        sights.set(path!, message);
        done();
      }
      const next = queue.next();
      if (next.done) return resolve();
      path = next.value;
      thread.postMessage(path);
    });
  }).finally(() => thread.terminate());
}
