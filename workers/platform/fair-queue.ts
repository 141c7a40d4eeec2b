/** A queue for a limited resource of an isolate. Tenants take turns; requests of one tenant are served first in, first out. */
export interface FairQueue {
  /**
   * Waits until it is this tenant's turn and `take` returns a value, and returns that value. `take` returns undefined while the resource
   * is not available. Returns at once if nothing is queued. Returns undefined after `limitMs` milliseconds; 0 means do not wait.
   * A request that is canceled while it waits leaves the queue.
   */
  wait<T>(tenantId: string, take: () => T | undefined, limitMs?: number): Promise<T | undefined>;
}

interface Ticket {
  tenantId: string;
  /** When the request last checked its position, in milliseconds. */
  checkedAt: number;
}

/** Milliseconds between two checks, per ticket ahead, and the maximum. */
const CHECK_EVERY_MS = 5;
const MAX_CHECK_EVERY_MS = 50;
/** A ticket that was not checked for this long belongs to a canceled request. */
const CANCELED_AFTER_MS = 3 * MAX_CHECK_EVERY_MS;
/** The number of tenants whose last turn is remembered. */
const MAX_REMEMBERED = 100;

/**
 * Each request polls in its own context. Passing a lock from one request to the next would be shorter, but workerd runs no further code
 * of a canceled request, so a canceled request would never pass the lock on.
 */
export function createFairQueue(clock: () => number = Date.now): FairQueue {
  let waiting: Ticket[] = [];
  /** Recently served tenants, the latest last. */
  const recentTenants = new Set<string>();

  /** The number of tickets ahead of this one. `previousCheck`: when its request checked the previous time. */
  function countAhead(ticket: Ticket, previousCheck: number): number {
    // Long computations delay all checks alike, so compare with this request's previous check, not with the clock.
    waiting = waiting.filter((other) => other === ticket || other.checkedAt > previousCheck - CANCELED_AFTER_MS);
    const order = [...recentTenants];
    const turnOf = ({ tenantId }: Ticket) => order.indexOf(tenantId);
    const mine = turnOf(ticket);
    const index = waiting.indexOf(ticket);
    return waiting.filter((other, i) => turnOf(other) < mine || (turnOf(other) === mine && i < index)).length;
  }

  function leave(ticket: Ticket): void {
    waiting = waiting.filter((other) => other !== ticket);
  }

  function markServed(tenantId: string): void {
    recentTenants.delete(tenantId);
    recentTenants.add(tenantId);
    const [leastRecent] = recentTenants;
    if (recentTenants.size > MAX_REMEMBERED && leastRecent !== undefined) recentTenants.delete(leastRecent);
  }

  return {
    async wait(tenantId, take, limitMs = Number.POSITIVE_INFINITY) {
      const start = clock();
      const ticket: Ticket = { tenantId, checkedAt: start };
      waiting.push(ticket);
      for (let previousCheck = start; ; ) {
        const position = countAhead(ticket, previousCheck);
        const taken = position === 0 ? take() : undefined;
        if (taken !== undefined) {
          markServed(tenantId);
          leave(ticket);
          return taken;
        }
        if (ticket.checkedAt - start >= limitMs) {
          leave(ticket);
          return undefined;
        }
        await pause(Math.min(MAX_CHECK_EVERY_MS, CHECK_EVERY_MS * (1 + position)));
        previousCheck = ticket.checkedAt;
        ticket.checkedAt = clock();
        if (!waiting.includes(ticket)) waiting.push(ticket);
      }
    },
  };
}

/** Lets the isolate handle other events, for at least `millis` milliseconds. */
export const pause = (millis = 0): Promise<void> => new Promise((done) => setTimeout(done, millis));
