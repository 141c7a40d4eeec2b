import { LRUCache } from "lru-cache";
import type { Queue, QueueAddOptions, RunFunction } from "p-queue";

export interface TenantQueueOptions extends QueueAddOptions {
  readonly tenantId?: string;
}

/** The queue remembers the last turn of this many tenants. Any other tenant counts as never served. */
const MAX_REMEMBERED_TENANTS = 1_000;

/**
 * The waiting tasks of a p-queue. Tenants are served in turn: the next task is the oldest task of the tenant that was served longest
 * ago.
 */
export class TenantRoundRobin implements Queue<RunFunction, TenantQueueOptions> {
  /** In order of arrival. */
  readonly #waiting: { id: string; tenantId: string; run: RunFunction }[] = [];
  /** The number of each tenant's last turn. */
  readonly #lastTurn = new LRUCache<string, number>({ max: MAX_REMEMBERED_TENANTS });
  #turn = 0;

  get size(): number {
    return this.#waiting.length;
  }

  enqueue(run: RunFunction, { id = "", tenantId = "" }: Partial<TenantQueueOptions> = {}): void {
    this.#waiting.push({ id, tenantId, run });
  }

  dequeue(): RunFunction | undefined {
    const lastTurn = ({ tenantId }: { tenantId: string }) => this.#lastTurn.peek(tenantId) ?? 0;
    const [first] = this.#waiting;
    if (!first) return undefined;
    const next = this.#waiting.reduce((best, task) => (lastTurn(task) < lastTurn(best) ? task : best), first);
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#lastTurn.set(next.tenantId, ++this.#turn);
    return next.run;
  }

  remove(id: string): void {
    const index = this.#waiting.findIndex((task) => task.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  filter({ tenantId }: Partial<TenantQueueOptions>): RunFunction[] {
    return this.#waiting.filter((task) => task.tenantId === tenantId).map(({ run }) => run);
  }

  setPriority(): void {
    throw new TypeError("This queue has no priorities: tenants are served in turn.");
  }
}
