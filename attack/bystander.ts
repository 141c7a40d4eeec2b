import { Worker } from "node:worker_threads";

/** A tenant that does not attack, one of its subjects, and a photograph of that person. */
export interface Bystander {
  url: string;
  key: string;
  subjectId: string;
  /** The path of a JPEG. */
  photograph: string;
}

/** The results of a bystander's verifications. */
export interface VerificationStats {
  sent: number;
  /** How many were answered MATCH. */
  answered: number;
  /** Duration of each, in milliseconds. */
  millis: number[];
}

/**
 * Sends a verification once a second, even if earlier ones are not answered yet, until `stop` is called. `stop` waits for the answers.
 * It runs in a separate thread, so that the work of this program during an attack does not count as a slow server.
 */
export function keepVerifying(bystander: Bystander): { stop(): Promise<VerificationStats> } {
  const thread = new Worker(new URL("bystander-thread.ts", import.meta.url), { workerData: bystander });
  const stats = new Promise<VerificationStats>((done, failed) => {
    thread.once("message", done);
    thread.once("error", failed);
  });
  return {
    async stop() {
      thread.postMessage("stop");
      const result = await stats;
      await thread.terminate();
      return result;
    },
  };
}
