import PQueue from "p-queue";
import type { Dispatch, Work } from "../../schema/protocol/dispatch.ts";
import { StoppedError, type StopReason } from "./attempt-outcome.ts";
import type { Attempt } from "./run-attempt.ts";
import { type TenantQueueOptions, TenantRoundRobin } from "./tenant-round-robin.ts";

/**
 * - `duplicate`: this attempt was accepted before. It can have ended since.
 * - `superseded`: a newer attempt of the job was accepted before.
 */
type OfferResult = "accepted" | "duplicate" | "superseded" | "full" | "draining";

export interface Queue {
  /** `expiresAt`: when the dispatch's token expires, in milliseconds since 1970. The dispatch can be repeated until then. */
  offer(dispatch: Dispatch, expiresAt: number): OfferResult;
  /** Accepts no more attempts, stops the accepted ones, and resolves when all of them have ended. */
  drain(): Promise<void>;
  readonly draining: boolean;
  /** The attempts that run or wait. */
  jobs(): { kind: Work["kind"]; state: "running" | "waiting" }[];
}

interface Entry {
  attempt: number;
  tenantId: string;
  kind: Work["kind"];
  state: "running" | "waiting" | "ended";
  expiresAt: number;
  stop(reason: StopReason): void;
  ended: Promise<unknown>;
}

/** How often entries of ended attempts are deleted. */
const SWEEP_MS = 60_000;

/**
 * Runs `concurrency` attempts at once and lets `waiting` more wait. Each job has one attempt here: the newest. Tenants are served in
 * turn. A tenant can have at most as many waiting attempts as there are free places in the queue, so that other tenants find a place
 * (dynamic thresholds, Choudhury and Hahne 1998, with α = 1).
 */
export function openQueue(
  { concurrency, waiting }: { concurrency: number; waiting: number },
  runAttempt: (attempt: Attempt) => Promise<unknown>,
): Queue {
  const slots = new PQueue<TenantRoundRobin, TenantQueueOptions>({ concurrency, queueClass: TenantRoundRobin });
  const entries = new Map<string, Entry>();
  /** Attempts that a newer attempt replaced and that have not ended yet. */
  const superseded = new Set<Entry>();
  let draining = false;

  setInterval(() => {
    for (const [id, { state, expiresAt }] of entries)
      if (state === "ended" && expiresAt < Date.now()) entries.delete(id);
  }, SWEEP_MS).unref();

  const inState = (state: Entry["state"]) =>
    [...entries.values(), ...superseded].filter((entry) => entry.state === state);

  return {
    offer(dispatch, expiresAt) {
      const { jobId, tenantId, attempt } = dispatch;
      const previous = entries.get(jobId);
      if (previous?.attempt === attempt) {
        previous.expiresAt = Math.max(previous.expiresAt, expiresAt);
        return "duplicate";
      }
      if (previous && previous.attempt > attempt) return "superseded";
      if (draining) return "draining";
      // The previous attempt does not count, because the new one replaces it.
      const others = [...entries.values(), ...superseded].filter(
        (entry) => entry !== previous && entry.state !== "ended",
      );
      const freePlaces = concurrency + waiting - others.length;
      const waitingOfTenant = others.filter((entry) => entry.state === "waiting" && entry.tenantId === tenantId).length;
      if (freePlaces <= 0 || (others.length >= concurrency && waitingOfTenant > freePlaces)) return "full";

      if (previous) {
        superseded.add(previous);
        void previous.ended.finally(() => superseded.delete(previous));
        previous.stop("superseded");
      }
      entries.set(jobId, startEntry(dispatch, expiresAt));
      return "accepted";
    },
    async drain() {
      draining = true;
      const accepted = [...entries.values(), ...superseded];
      for (const entry of accepted) entry.stop("draining");
      await Promise.all(accepted.map(({ ended }) => ended));
    },
    get draining() {
      return draining;
    },
    jobs: () =>
      (["running", "waiting"] as const).flatMap((state) => inState(state).map(({ kind }) => ({ kind, state }))),
  };

  function startEntry(dispatch: Dispatch, expiresAt: number): Entry {
    const stopped = new AbortController();
    // Aborted only while the attempt waits: the slot of a running attempt becomes free when its process has ended, not before.
    const removal = new AbortController();
    const entry: Entry = {
      attempt: dispatch.attempt,
      tenantId: dispatch.tenantId,
      kind: dispatch.work.kind,
      state: "waiting",
      expiresAt,
      stop(reason) {
        stopped.abort(new StoppedError(reason));
        if (entry.state === "waiting") removal.abort(stopped.signal.reason);
      },
      ended: Promise.resolve(),
    };
    const runInSlot = <T>(work: () => Promise<T>) =>
      slots.add(
        () => {
          entry.state = "running";
          return work();
        },
        { signal: removal.signal, tenantId: dispatch.tenantId },
      );
    const deadlineTimer = setTimeout(
      () => entry.stop("expired"),
      Math.min(MAX_TIMER_MS, dispatch.deadline - Date.now()),
    );
    entry.ended = runAttempt({ dispatch, signal: stopped.signal, runInSlot, onStop: entry.stop }).finally(() => {
      clearTimeout(deadlineTimer);
      entry.state = "ended";
    });
    return entry;
  }
}

/** The longest delay of a timer, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;
