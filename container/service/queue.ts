import PQueue from "p-queue";
import type { Dispatch, Work } from "../../schema/protocol/dispatch.ts";
import { StoppedError, type StopReason } from "./ending.ts";
import type { Attempt } from "./perform.ts";
import { type TurnOptions, Turns } from "./turns.ts";

/** `superseded`: a newer attempt of the job is here, or was. `known`: this one was accepted before, and may have ended since. */
type Offered = "accepted" | "known" | "superseded" | "full" | "draining";

export interface Queue {
  /** `goodUntil`: when the dispatch's token ceases to be good, in milliseconds since 1970; until then it may come again. */
  offer(dispatch: Dispatch, goodUntil: number): Offered;
  /** Takes no more, stops what is here, and resolves when all of it has ended. */
  drain(): Promise<void>;
  readonly draining: boolean;
  jobs(): { kind: Work["kind"]; state: "running" | "waiting" }[];
}

interface Entry {
  attempt: number;
  tenantId: string;
  kind: Work["kind"];
  state: "running" | "waiting" | "ended";
  goodUntil: number;
  stop(why: StopReason): void;
  ended: Promise<unknown>;
}

/** How often what has ended is forgotten. */
const SWEEP_MS = 60_000;

/**
 * Runs `concurrency` attempts at once, lets `waiting` more wait for their turn, and knows one attempt a job: the newest. Tenants are
 * served in turn. Of the places to wait a tenant gets no more than are still free, so that there are some for the next tenant
 * (dynamic thresholds, Choudhury and Hahne 1998, with α = 1).
 */
export function openQueue(
  { concurrency, waiting }: { concurrency: number; waiting: number },
  perform: (attempt: Attempt) => Promise<unknown>,
): Queue {
  const places = new PQueue<Turns, TurnOptions>({ concurrency, queueClass: Turns });
  const entries = new Map<string, Entry>();
  /** Those that were replaced and have not ended yet. */
  const leaving = new Set<Entry>();
  let draining = false;

  setInterval(() => {
    for (const [id, { state, goodUntil }] of entries)
      if (state === "ended" && goodUntil < Date.now()) entries.delete(id);
  }, SWEEP_MS).unref();

  const inState = (state: Entry["state"]) => [...entries.values(), ...leaving].filter((entry) => entry.state === state);

  return {
    offer(dispatch, goodUntil) {
      const { jobId, tenantId, attempt } = dispatch;
      const before = entries.get(jobId);
      if (before?.attempt === attempt) {
        before.goodUntil = Math.max(before.goodUntil, goodUntil);
        return "known";
      }
      if (before && before.attempt > attempt) return "superseded";
      if (draining) return "draining";
      // Whoever it replaces is gone when it waits.
      const others = [...entries.values(), ...leaving].filter((one) => one !== before && one.state !== "ended");
      const free = concurrency + waiting - others.length;
      const held = others.filter((one) => one.state === "waiting" && one.tenantId === tenantId).length;
      if (free <= 0 || (others.length >= concurrency && held > free)) return "full";

      if (before) {
        leaving.add(before);
        void before.ended.finally(() => leaving.delete(before));
        before.stop("superseded");
      }
      entries.set(jobId, enter(dispatch, goodUntil));
      return "accepted";
    },
    async drain() {
      draining = true;
      const here = [...entries.values(), ...leaving];
      for (const entry of here) entry.stop("draining");
      await Promise.all(here.map(({ ended }) => ended));
    },
    get draining() {
      return draining;
    },
    jobs: () =>
      (["running", "waiting"] as const).flatMap((state) => inState(state).map(({ kind }) => ({ kind, state }))),
  };

  function enter(dispatch: Dispatch, goodUntil: number): Entry {
    const stopped = new AbortController();
    // Of those that wait alone: a place is free again when its process has ended, and not when it was told to.
    const leave = new AbortController();
    const entry: Entry = {
      attempt: dispatch.attempt,
      tenantId: dispatch.tenantId,
      kind: dispatch.work.kind,
      state: "waiting",
      goodUntil,
      stop(why) {
        stopped.abort(new StoppedError(why));
        if (entry.state === "waiting") leave.abort(stopped.signal.reason);
      },
      ended: Promise.resolve(),
    };
    const turn = <T>(work: () => Promise<T>) =>
      places.add(
        () => {
          entry.state = "running";
          return work();
        },
        { signal: leave.signal, tenantId: dispatch.tenantId },
      );
    const late = setTimeout(() => entry.stop("expired"), Math.min(LONGEST_TIMER, dispatch.deadline - Date.now()));
    entry.ended = perform({ dispatch, signal: stopped.signal, turn, onStop: entry.stop }).finally(() => {
      clearTimeout(late);
      entry.state = "ended";
    });
    return entry;
  }
}

/** The longest that a timer can wait, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;
