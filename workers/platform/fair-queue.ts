/** Waiting for something of which an isolate has only so much. Tenants are served in turn, and each in the order in which it came. */
export interface FairQueue {
  /**
   * Takes it when it is this tenant's turn; at once, where nobody else waits. `take` answers undefined while there is none to be had.
   * undefined: it took longer than `limitMs`; with 0 nothing is waited for. A request that is cancelled while it waits is forgotten:
   * nobody waits for it.
   */
  wait<T>(tenantId: string, take: () => T | undefined, limitMs?: number): Promise<T | undefined>;
}

interface Ticket {
  tenantId: string;
  /** When its request last looked whether it is due, in milliseconds. */
  looked: number;
}

/** Milliseconds between two looks, for each ticket that is due before, and at most. */
const LOOK_EVERY_MS = 5;
const LOOK_AT_LEAST_EVERY_MS = 50;
/** Who has not looked for so much longer than the one that asks is not there any more. */
const GONE_AFTER_MS = 3 * LOOK_AT_LEAST_EVERY_MS;
/** Tenants whose last turn is remembered. */
const REMEMBERED = 100;

/**
 * Each request looks by itself whether it is due, in its own context. A lock that is handed on would be lost with a request that is
 * cancelled: what it waits for is never run, so it hands on nothing.
 */
export function createFairQueue(clock: () => number = Date.now): FairQueue {
  let waiting: Ticket[] = [];
  /** Tenants that were served lately, the latest last. */
  const served = new Set<string>();

  /** The tickets that come before this one, whose request looked last at `before`. */
  function ahead(ticket: Ticket, before: number): number {
    // Where all were held up by long work, all looked last before it.
    waiting = waiting.filter((other) => other === ticket || other.looked > before - GONE_AFTER_MS);
    const order = [...served];
    const turnOf = ({ tenantId }: Ticket) => order.indexOf(tenantId);
    const mine = turnOf(ticket);
    const position = waiting.indexOf(ticket);
    return waiting.filter((other, i) => turnOf(other) < mine || (turnOf(other) === mine && i < position)).length;
  }

  function leave(ticket: Ticket): void {
    waiting = waiting.filter((other) => other !== ticket);
  }

  function note(tenantId: string): void {
    served.delete(tenantId);
    served.add(tenantId);
    const [longestAgo] = served;
    if (served.size > REMEMBERED && longestAgo !== undefined) served.delete(longestAgo);
  }

  return {
    async wait(tenantId, take, limitMs = Number.POSITIVE_INFINITY) {
      const start = clock();
      const ticket: Ticket = { tenantId, looked: start };
      waiting.push(ticket);
      for (let before = start; ; ) {
        const first = ahead(ticket, before);
        const taken = first === 0 ? take() : undefined;
        if (taken !== undefined) {
          note(tenantId);
          leave(ticket);
          return taken;
        }
        if (ticket.looked - start >= limitMs) {
          leave(ticket);
          return undefined;
        }
        await pause(Math.min(LOOK_AT_LEAST_EVERY_MS, LOOK_EVERY_MS * (1 + first)));
        before = ticket.looked;
        ticket.looked = clock();
        if (!waiting.includes(ticket)) waiting.push(ticket);
      }
    },
  };
}

/** Lets other events happen, for at least so many milliseconds. */
export const pause = (millis = 0): Promise<void> => new Promise((done) => setTimeout(done, millis));
