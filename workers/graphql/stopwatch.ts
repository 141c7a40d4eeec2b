import type { Stages } from "../vision/stages.ts";

/** A stage of a request. All stages except `search` are computation. */
export type RequestStage = Parameters<Stages["time"]>[0] | "search";

/** Measures the stages of one request. */
export class Stopwatch implements Stages {
  readonly #start = performance.now();
  readonly #spent = new Map<RequestStage, number>();

  async time<T>(stage: RequestStage, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#spent.set(stage, (this.#spent.get(stage) ?? 0) + performance.now() - start);
    }
  }

  /** Milliseconds by stage, in the order in which the stages first ended. */
  get spent(): ReadonlyMap<RequestStage, number> {
    return this.#spent;
  }

  /** Milliseconds since the request arrived. */
  get total(): number {
    return performance.now() - this.#start;
  }
}
