import { createFairQueue } from "./fair-queue.ts";

/** A share of a limited resource, such as memory for images. */
export interface Lease {
  /** Extends the lease. */
  renew(): void;
  release(): void;
}

export interface Semaphore {
  /**
   * Waits until `amount` is available. An amount above the total is granted if nothing else is leased. Returns undefined after `limitMs`
   * milliseconds; 0 means do not wait.
   */
  take(tenantId: string, amount: number, limitMs?: number): Promise<Lease | undefined>;
}

/**
 * A semaphore whose leases expire after `leaseMs` milliseconds without renewal: workerd runs no further code of a canceled request, so
 * its leases are never released. Tenants take turns.
 */
export function createSemaphore(
  { total, leaseMs }: { total: number; leaseMs: number },
  clock: () => number = Date.now,
): Semaphore {
  const queue = createFairQueue(clock);
  const leases = new Map<Lease, { amount: number; renewed: number }>();

  function taken(): number {
    let sum = 0;
    for (const [lease, { amount, renewed }] of leases) {
      if (clock() - renewed > leaseMs) leases.delete(lease);
      else sum += amount;
    }
    return sum;
  }

  function lease(amount: number): Lease | undefined {
    const leased = taken();
    if (leased > 0 && leased + amount > total) return undefined;
    const newLease: Lease = {
      renew() {
        if (leases.has(newLease)) leases.set(newLease, { amount, renewed: clock() });
      },
      release: () => void leases.delete(newLease),
    };
    leases.set(newLease, { amount, renewed: clock() });
    return newLease;
  }

  return { take: (tenantId, amount, limitMs) => queue.wait(tenantId, () => lease(amount), limitMs) };
}
