import { DurableObject } from "cloudflare:workers";

/** Notifies the subscribers of one job. The RPC interface of {@link JobChannel}. */
export interface Channel {
  /** Announces the job's current version. */
  notify(version: number): Promise<void>;
  /** Resolves when the job has a later version than `after`, or after `ms`, at most 10 s. */
  wait(after: number, ms: number): Promise<void>;
}

/** Returns the channel of a job. */
export type Channels = (jobId: string) => Channel;

const MAX_WAIT_MS = 10_000;

/**
 * The Durable Object of a job's channel. It stores nothing. After a crash, subscribers read the job from D1. It remembers the latest
 * version in memory while a subscriber waits, so a version that arrives between a read of D1 and the next `wait` is not missed.
 */
export class JobChannel extends DurableObject implements Channel {
  #version = 0;
  readonly #wakeCallbacks = new Set<() => void>();

  async notify(version: number): Promise<void> {
    this.#version = Math.max(this.#version, version);
    for (const wake of this.#wakeCallbacks) wake();
  }

  async wait(after: number, ms: number): Promise<void> {
    if (this.#version > after) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakeCallbacks.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, MAX_WAIT_MS));
      this.#wakeCallbacks.add(wake);
    });
  }
}
