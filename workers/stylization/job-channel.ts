import { DurableObject } from "cloudflare:workers";

/** Wakes those who watch a job: what they ask over RPC. */
export interface Channel {
  /** The job has this version now. */
  tell(version: number): Promise<void>;
  /** Answers when the job has a later version than `after`, or after `ms`, at most 10 s. */
  wait(after: number, ms: number): Promise<void>;
}

/** The channel of a job. */
export type Channels = (jobId: string) => Channel;

const LONGEST_WAIT_MS = 10_000;

/**
 * A job's channel. It stores nothing: what it forgets in a crash is in D1, where whoever waited looks again. A version that
 * came between a look and the wait that follows is not missed, since it is remembered as long as somebody watches.
 */
export class JobChannel extends DurableObject implements Channel {
  #version = 0;
  readonly #waiting = new Set<() => void>();

  async tell(version: number): Promise<void> {
    this.#version = Math.max(this.#version, version);
    for (const wake of this.#waiting) wake();
  }

  async wait(after: number, ms: number): Promise<void> {
    if (this.#version > after) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, LONGEST_WAIT_MS));
      this.#waiting.add(wake);
    });
  }
}
