import { setTimeout as delay } from "node:timers/promises";
import type { AttackContext } from "../attack-context.ts";
import { sendHostile } from "../hostile-request.ts";
import type { Attack } from "./attack.ts";

const MB = 2 ** 20;
const TOO_LARGE = "413 REQUEST_ENTITY_TOO_LARGE";

const bearer = ({ attacker }: AttackContext) => ({ authorization: `Bearer ${attacker.key}` });

async function* endless(piece: Uint8Array, maxBytes: number, everyMs = 0): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < maxBytes; sent += piece.length) {
    yield piece;
    if (everyMs > 0) await delay(everyMs);
  }
}

/** Hostile bodies of requests with a valid key. */
export const BODIES: readonly Attack[] = [
  {
    name: "bodies: chunks without an end",
    expected: [TOO_LARGE],
    run: async (context) => [
      await sendHostile(context.target.url, {
        headers: bearer(context),
        body: endless(Buffer.alloc(64 * 1024, 0x20), 200 * MB),
      }),
    ],
  },
  {
    name: "bodies: declared as 1 GB",
    expected: [TOO_LARGE],
    run: async (context) => [
      await sendHostile(context.target.url, {
        headers: { ...bearer(context), "content-length": String(1024 * MB) },
        body: endless(Buffer.alloc(64 * 1024, 0x20), 1024 * MB),
      }),
    ],
  },
  {
    name: "bodies: 20 slow ones, then broken off",
    expected: ["client disconnected"],
    run: (context) =>
      Promise.all(
        Array.from({ length: 20 }, () =>
          sendHostile(context.target.url, {
            headers: bearer(context),
            body: endless(Buffer.alloc(1024, 0x20), MB, 100),
            disconnectAfterMs: 5_000,
          }),
        ),
      ),
  },
  {
    name: "bodies: ten of 20 MB at once",
    expected: ["400 BAD_REQUEST", TOO_LARGE, "429 RATE_LIMITED", "503"],
    run: (context) =>
      Promise.all(
        Array.from({ length: 10 }, () =>
          sendHostile(context.target.url, { headers: bearer(context), body: Buffer.alloc(20 * MB, 0x5b) }),
        ),
      ),
  },
];
