import type { Queue, QueueAddOptions, RunFunction } from "p-queue";

export interface TurnOptions extends QueueAddOptions {
  readonly tenantId?: string;
}

/** A tenant that was served before so many others counts as one that was never served. */
const MOST_REMEMBERED = 1_000;

/** What waits for a place, for p-queue. Tenants are served in turn: next is the oldest of the tenant that was served longest ago. */
export class Turns implements Queue<RunFunction, TurnOptions> {
  /** By the time they came. */
  readonly #waiting: { id: string; tenantId: string; run: RunFunction }[] = [];
  /** The turn that a tenant had last, the latest last. */
  readonly #lastTurn = new Map<string, number>();
  #turn = 0;

  get size(): number {
    return this.#waiting.length;
  }

  enqueue(run: RunFunction, { id = "", tenantId = "" }: Partial<TurnOptions> = {}): void {
    this.#waiting.push({ id, tenantId, run });
  }

  dequeue(): RunFunction | undefined {
    const lastTurn = ({ tenantId }: { tenantId: string }) => this.#lastTurn.get(tenantId) ?? 0;
    const [first] = this.#waiting;
    if (!first) return undefined;
    const next = this.#waiting.reduce((best, one) => (lastTurn(one) < lastTurn(best) ? one : best), first);
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#lastTurn.delete(next.tenantId);
    this.#lastTurn.set(next.tenantId, ++this.#turn);
    const [oldest] = this.#lastTurn.keys();
    if (this.#lastTurn.size > MOST_REMEMBERED && oldest !== undefined) this.#lastTurn.delete(oldest);
    return next.run;
  }

  remove(id: string): void {
    const at = this.#waiting.findIndex((one) => one.id === id);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  filter({ tenantId }: Partial<TurnOptions>): RunFunction[] {
    return this.#waiting.filter((one) => one.tenantId === tenantId).map(({ run }) => run);
  }

  setPriority(): void {
    throw new TypeError("Tenants are served in turn: there are no priorities.");
  }
}
