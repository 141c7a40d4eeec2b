import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { readBytes } from "../pictures.ts";
import type { PictureOutcome, ThreadOptions } from "./embed-worker.ts";

/**
 * Runs the product's pipeline on pictures, with as many threads as cores. Calls `done` after each picture. Throws a
 * `UserError` that names the file if a picture cannot be read.
 */
export async function embedAll(
  paths: readonly string[],
  embedder: string,
  done: () => void,
): Promise<Map<string, PictureOutcome>> {
  const outcomes = new Map<string, PictureOutcome>();
  const queue = [...new Set(paths)].values();
  const threads = Math.min(availableParallelism(), paths.length);
  await Promise.all(Array.from({ length: threads }, () => work(queue, outcomes, embedder, done)));
  return outcomes;
}

/** Runs one thread, which takes pictures from the queue until it is empty. */
function work(
  queue: Iterator<string>,
  outcomes: Map<string, PictureOutcome>,
  embedder: string,
  done: () => void,
): Promise<void> {
  const workerData: ThreadOptions = { embedder };
  const thread = new Worker(new URL("embed-worker.ts", import.meta.url), { workerData });
  return new Promise<void>((resolve, reject) => {
    let path: string | undefined;
    thread.on("error", reject);
    thread.on("message", (message: "ready" | PictureOutcome) => {
      if (message !== "ready") {
        outcomes.set(path!, message);
        done();
      }
      const next = queue.next();
      if (next.done) return resolve();
      path = next.value;
      readBytes(path).then((bytes) => thread.postMessage(bytes), reject);
    });
  }).finally(() => thread.terminate());
}
