import { Worker } from "node:worker_threads";

/** A tenant that is not attacked, one of its subjects, and a photograph of that person. */
export interface Bystander {
  url: string;
  key: string;
  subjectId: string;
  /** The path of a JPEG. */
  photograph: string;
}

/** What a bystander got while it verified once a second. */
export interface Served {
  sent: number;
  /** How many were answered MATCH. */
  answered: number;
  /** Milliseconds of each. */
  millis: number[];
}

/**
 * Verifies once a second, whether or not earlier verifies are answered, until `stop` is called; `stop` then awaits the answers. It runs
 * in a thread of its own: what this program does for an attack must not look like a slow server.
 */
export function keepVerifying(bystander: Bystander): { stop(): Promise<Served> } {
  const thread = new Worker(new URL("bystander-thread.ts", import.meta.url), { workerData: bystander });
  const served = new Promise<Served>((done, failed) => {
    thread.once("message", done);
    thread.once("error", failed);
  });
  return {
    async stop() {
      thread.postMessage("stop");
      const result = await served;
      await thread.terminate();
      return result;
    },
  };
}
