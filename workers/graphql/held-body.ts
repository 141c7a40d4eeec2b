import { createRoom, type Lease, type Room } from "../platform/room.ts";
import { overloaded } from "./errors.ts";

/** What all bodies of an isolate may hold at once, in bytes. An isolate of 128 MB that only verifies holds 55 to 75 MB. */
const TOTAL_BYTES = 44 * 1024 * 1024;
/** A request that waits longer is refused. */
const MAX_WAIT_MS = 10_000;
/** A request that was cancelled gives nothing back. What it held is free after so long. */
const LAPSE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;

/** What a request holds for its body, and for what is read of it, until it is answered. */
export interface HeldBody {
  /** Holds room for so many bytes. Waits until they are free; throws OVERLOADED where that takes too long. */
  takeRoom(bytes: number): Promise<void>;
  /** Bytes whose memory is given back with the room. */
  keep(bytes: Uint8Array<ArrayBuffer>): void;
  release(): void;
}

/** The room for the bodies of one isolate. */
export const roomForBodies = (): Room => createRoom({ total: TOTAL_BYTES, lapseMs: LAPSE_MS });

export function holdBody(room: Room, tenantId: string): HeldBody {
  let lease: Lease | undefined;
  let kept: Uint8Array<ArrayBuffer> | undefined;
  let renewing: ReturnType<typeof setInterval> | undefined;
  return {
    async takeRoom(bytes) {
      lease = await room.take(tenantId, bytes, MAX_WAIT_MS);
      if (!lease) throw overloaded();
      // The timers of a request that is cancelled end with it, so it renews nothing.
      renewing = setInterval(() => lease?.renew(), RENEW_EVERY_MS);
    },
    keep(bytes) {
      kept = bytes;
    },
    release() {
      clearInterval(renewing);
      lease?.release();
      if (kept) freeBytes(kept);
    },
  };
}

/** Gives the memory of bytes back at once: a garbage collection may come much later. */
export function freeBytes({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (!buffer.detached) buffer.transfer(0);
}
