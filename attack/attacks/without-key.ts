import { setTimeout as later } from "node:timers/promises";
import type { AttackContext } from "../attack-context.ts";
import { type HostileRequest, type HostileResponse, sendHostile } from "../hostile-request.ts";
import { multipart } from "../multipart.ts";
import type { Attack } from "./attack.ts";

const MB = 2 ** 20;

/** Headers of clients without a valid key: no key, and a well-formed unknown key. */
const NO_VALID_KEY: readonly Record<string, string>[] = [{}, { authorization: "Bearer smb_unknown" }];

/** The rate limit of an address can refuse a request before its key is checked. */
const REFUSED = ["401 UNAUTHENTICATED", "429 RATE_LIMITED"];

const sendWithoutKey = async ({ target }: AttackContext, request: () => HostileRequest): Promise<HostileResponse[]> => {
  const responses: HostileResponse[] = [];
  for (const authorization of NO_VALID_KEY) {
    const { headers, ...rest } = request();
    responses.push(await sendHostile(target.url, { headers: { ...headers, ...authorization }, ...rest }));
  }
  return responses;
};

/** A body that lasts for `seconds`, with one piece every `everyMs`. */
async function* pieces(piece: Uint8Array, everyMs: number, seconds: number): AsyncGenerator<Uint8Array> {
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; await later(everyMs)) yield piece;
}

/** Attacks of clients without a valid key. The server must answer without reading the body. */
export const WITHOUT_KEY: readonly Attack[] = [
  {
    name: "strangers: bodies of 24 MB",
    expected: REFUSED,
    run: (context) => sendWithoutKey(context, () => ({ body: Buffer.alloc(24 * MB, 0x20) })),
  },
  {
    name: "strangers: bodies of 100 MB",
    expected: [...REFUSED, "413 REQUEST_ENTITY_TOO_LARGE"],
    run: (context) => sendWithoutKey(context, () => ({ body: Buffer.alloc(100 * MB, 0x20) })),
  },
  {
    name: "strangers: 300,000 multipart parts",
    expected: REFUSED,
    run: (context) => {
      const form = multipart(Array.from({ length: 300_000 }, (_, i) => ({ name: String(i), content: "x" })));
      return sendWithoutKey(context, () => form);
    },
  },
  {
    name: "strangers: JSON of 500,000 nested lists",
    expected: REFUSED,
    run: (context) =>
      sendWithoutKey(context, () => ({ body: `{"variables":${"[".repeat(500_000)}${"]".repeat(500_000)}}` })),
  },
  {
    name: "strangers: a body without an end",
    expected: REFUSED,
    run: (context) =>
      sendWithoutKey(context, () => ({ body: pieces(Buffer.alloc(64 * 1024, 0x20), 5, 10), timeoutMs: 10_000 })),
  },
  {
    name: "strangers: one byte each 100 ms",
    expected: REFUSED,
    run: (context) => sendWithoutKey(context, () => ({ body: pieces(Buffer.from(" "), 100, 10), timeoutMs: 10_000 })),
  },
  {
    name: "strangers: 200 slow bodies at once",
    expected: REFUSED,
    run: async ({ target }) =>
      Promise.all(
        Array.from({ length: 200 }, () =>
          sendHostile(target.url, { body: pieces(Buffer.from(" "), 200, 10), timeoutMs: 10_000 }),
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
