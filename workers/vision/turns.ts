import { createFairQueue } from "../platform/fair-queue.ts";

/**
 * Runs `work` after all earlier work. Tenants take turns.
 *
 * `work` must not leave the microtask queue: it must finish before any timer or other event. Then a canceled request cannot leave a turn
 * unfinished. Work that waits for the network would block every other request of the isolate. Split long work into several turns.
 */
export type InTurn = <T>(work: () => Promise<T>, tenantId?: string) => Promise<T>;

/**
 * The pause in milliseconds between two turns of a tenant while other tenants are active. It lets the isolate receive their requests and
 * database results, which it cannot do while it computes.
 */
const PAUSE_MS = 10;
/** Other tenants are active if one of them had a turn within this many milliseconds. */
const ACTIVE_MS = 2_000;

export function createTurns(clock: () => number = Date.now): InTurn {
  const queue = createFairQueue(clock);
  let turn: Promise<unknown> = Promise.resolve();
  let busy = false;
  /** The latest turn, and the latest turn of a different tenant. */
  let last = { tenantId: "", at: Number.NEGATIVE_INFINITY };
  let other = last;

  const markTurn = (tenantId: string): void => {
    if (tenantId !== last.tenantId) other = last;
    last = { tenantId, at: clock() };
  };

  /** Begins a turn of the tenant if it may run now. */
  function begin(tenantId: string): true | undefined {
    const [now, isLast] = [clock(), tenantId === last.tenantId];
    const isAlone = now - (isLast ? other : last).at > ACTIVE_MS;
    if (!isAlone && (busy || (isLast && now - last.at < PAUSE_MS))) return undefined;
    busy = true;
    markTurn(tenantId);
    return true;
  }

  return async (work, tenantId = "") => {
    await queue.wait(tenantId, () => begin(tenantId));
    const done = turn.then(work);
    const end = () => {
      busy = false;
      markTurn(tenantId);
    };
    turn = done.then(end, end);
    return done;
  };
}
