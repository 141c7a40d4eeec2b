import { createFairQueue } from "./fair-queue.ts";

/** A part of something that an isolate has only so much of, such as memory for pictures. */
export interface Lease {
  /** Says that its holder is still there. */
  renew(): void;
  release(): void;
}

export interface Room {
  /**
   * Waits until so much is free; more than there is in all is given where nothing else is taken. undefined: that took longer than
   * `limitMs`; with 0 nothing is waited for.
   */
  take(tenantId: string, amount: number, limitMs?: number): Promise<Lease | undefined>;
}

/**
 * So much is there in `total`. What is not renewed for `lapseMs` milliseconds is free again: a request that is cancelled gives nothing
 * back, because nothing of it is run any more.
 */
export function createRoom(
  { total, lapseMs }: { total: number; lapseMs: number },
  clock: () => number = Date.now,
): Room {
  const queue = createFairQueue(clock);
  const leases = new Map<Lease, { amount: number; renewed: number }>();

  function taken(): number {
    let sum = 0;
    for (const [lease, { amount, renewed }] of leases) {
      if (clock() - renewed > lapseMs) leases.delete(lease);
      else sum += amount;
    }
    return sum;
  }

  function lease(amount: number): Lease | undefined {
    const already = taken();
    if (already > 0 && already + amount > total) return undefined;
    const given: Lease = {
      renew() {
        if (leases.has(given)) leases.set(given, { amount, renewed: clock() });
      },
      release: () => void leases.delete(given),
    };
    leases.set(given, { amount, renewed: clock() });
    return given;
  }

  return { take: (tenantId, amount, limitMs) => queue.wait(tenantId, () => lease(amount), limitMs) };
}
