import { createSemaphore, type Lease, type Semaphore } from "../platform/semaphore.ts";
import { overloaded } from "./errors.ts";

/** The memory for the request bodies of an isolate, in bytes. Of its 128 MB, an isolate that only verifies uses 55 to 75 MB. */
const TOTAL_BYTES = 44 * 1024 * 1024;
/** A request that waits longer for memory is refused. */
const MAX_WAIT_MS = 10_000;
/** A canceled request does not release its lease, so the lease expires after this time. */
const LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;

/** The memory that a request holds for its body, and for the values parsed from it, until its response is complete. */
export interface BodyMemory {
  /** Reserves memory. Waits until it is available, and throws OVERLOADED if that takes too long. */
  reserve(bytes: number): Promise<void>;
  /** Registers the bytes of the body. `release` frees them together with the reservation. */
  setBytes(bytes: Uint8Array<ArrayBuffer>): void;
  release(): void;
}

/** The memory for the request bodies of one isolate. */
export const createBodySemaphore = (): Semaphore => createSemaphore({ total: TOTAL_BYTES, leaseMs: LEASE_MS });

export function createBodyMemory(semaphore: Semaphore, tenantId: string): BodyMemory {
  let lease: Lease | undefined;
  let held: Uint8Array<ArrayBuffer> | undefined;
  let renewal: ReturnType<typeof setInterval> | undefined;
  return {
    async reserve(bytes) {
      lease = await semaphore.take(tenantId, bytes, MAX_WAIT_MS);
      if (!lease) throw overloaded();
      // workerd stops the timers of a canceled request, so its lease is not renewed.
      renewal = setInterval(() => lease?.renew(), RENEW_EVERY_MS);
    },
    setBytes(bytes) {
      held = bytes;
    },
    release() {
      clearInterval(renewal);
      lease?.release();
      if (held) freeBytes(held);
    },
  };
}

/** Frees the memory of the bytes immediately. Garbage collection can be much later. */
export function freeBytes({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (!buffer.detached) buffer.transfer(0);
}
