import { setTimeout as later } from "node:timers/promises";
import type { Arena } from "../attack-context.ts";
import { type Came, type HostileRequest, sendHostile } from "../hostile-request.ts";
import { multipart } from "../multipart.ts";
import type { Attack } from "./attack.ts";

const MB = 2 ** 20;

/** A key that is well formed and unknown, and none at all: both are strangers. */
const STRANGERS: readonly Record<string, string>[] = [{}, { authorization: "Bearer smb_unknown" }];

/** A rate limit per address may refuse a stranger even sooner. */
const REFUSED = ["401 UNAUTHENTICATED", "429 RATE_LIMITED"];

const asStrangers = async ({ target }: Arena, request: () => HostileRequest): Promise<Came[]> => {
  const came: Came[] = [];
  for (const stranger of STRANGERS) {
    const { headers, ...rest } = request();
    came.push(await sendHostile(target.url, { headers: { ...headers, ...stranger }, ...rest }));
  }
  return came;
};

/** A body that goes on for `seconds`, a piece each `everyMs`. */
async function* pieces(piece: Uint8Array, everyMs: number, seconds: number): AsyncGenerator<Uint8Array> {
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; await later(everyMs)) yield piece;
}

/** What somebody without a valid key can do. Nothing of the body may have to be read before the answer. */
export const STRANGERS_ATTACKS: readonly Attack[] = [
  {
    name: "strangers: bodies of 24 MB",
    expected: REFUSED,
    run: (context) => asStrangers(context, () => ({ body: Buffer.alloc(24 * MB, 0x20) })),
  },
  {
    name: "strangers: bodies of 100 MB",
    expected: [...REFUSED, "413 REQUEST_ENTITY_TOO_LARGE"],
    run: (context) => asStrangers(context, () => ({ body: Buffer.alloc(100 * MB, 0x20) })),
  },
  {
    name: "strangers: 300,000 multipart parts",
    expected: REFUSED,
    run: (context) => {
      const form = multipart(Array.from({ length: 300_000 }, (_, i) => ({ name: String(i), content: "x" })));
      return asStrangers(context, () => form);
    },
  },
  {
    name: "strangers: JSON of 500,000 nested lists",
    expected: REFUSED,
    run: (context) => asStrangers(context, () => ({ body: `{"variables":${"[".repeat(500_000)}${"]".repeat(500_000)}}` })),
  },
  {
    name: "strangers: a body without an end",
    expected: REFUSED,
    run: (context) => asStrangers(context, () => ({ body: pieces(Buffer.alloc(64 * 1024, 0x20), 5, 10), limitMs: 10_000 })),
  },
  {
    name: "strangers: one byte each 100 ms",
    expected: REFUSED,
    run: (context) => asStrangers(context, () => ({ body: pieces(Buffer.from(" "), 100, 10), limitMs: 10_000 })),
  },
  {
    name: "strangers: 200 slow bodies at once",
    expected: REFUSED,
    run: async ({ target }) =>
      Promise.all(
        Array.from({ length: 200 }, () =>
          sendHostile(target.url, { body: pieces(Buffer.from(" "), 200, 10), limitMs: 10_000 }),
        ),
      ),
  },
  {
    name: "strangers: a key of 1 MB",
    expected: [...REFUSED, "431", "400", "connection broken"],
    run: async ({ target }) => [
      await sendHostile(target.url, { headers: { authorization: `Bearer smb_${"x".repeat(MB)}` }, body: "{}" }),
    ],
  },
];
