import { createFairQueue } from "../platform/fair-queue.ts";

/**
 * Does the work when all earlier work is done, tenant by tenant; tenants are served in turn.
 *
 * Work must not leave the microtask queue: once begun it is done before any timer or other event. So a request that is cancelled
 * cannot leave its turn half done, and work that waited for the network would hold up every other request of the isolate. Long work is
 * cut into several turns.
 */
export type InTurn = <T>(work: () => Promise<T>, tenantId?: string) => Promise<T>;

/**
 * Milliseconds from the end of a tenant's turn to its next one, where others ask too. In between, what another tenant's request has to
 * do before its own turn gets done: a computing isolate reads no request and hears no database.
 */
const REST_MS = 10;
/** Others ask too, if one of them had a turn in so many milliseconds. */
const OTHERS_ASK_MS = 2_000;

export function createTurns(clock: () => number = Date.now): InTurn {
  const queue = createFairQueue(clock);
  let turn: Promise<unknown> = Promise.resolve();
  let busy = false;
  /** Whose the last turn is and when it was, and the same of the last one of another tenant. */
  let last = { tenantId: "", at: Number.NEGATIVE_INFINITY };
  let other = last;

  const note = (tenantId: string): void => {
    if (tenantId !== last.tenantId) other = last;
    last = { tenantId, at: clock() };
  };

  /** Whether this tenant may go on now; if so, it is its turn. */
  function begin(tenantId: string): true | undefined {
    const [now, isLast] = [clock(), tenantId === last.tenantId];
    const isAlone = now - (isLast ? other : last).at > OTHERS_ASK_MS;
    if (!isAlone && (busy || (isLast && now - last.at < REST_MS))) return undefined;
    busy = true;
    note(tenantId);
    return true;
  }

  return async (work, tenantId = "") => {
    await queue.wait(tenantId, () => begin(tenantId));
    const done = turn.then(work);
    const end = () => {
      busy = false;
      note(tenantId);
    };
    turn = done.then(end, end);
    return done;
  };
}
