import { setTimeout as later } from "node:timers/promises";
import type { Arena } from "../arena.ts";
import { type Came, type HostileRequest, sendHostile } from "../hostile-request.ts";
import { upload } from "../multipart.ts";
import type { Attack } from "./attack.ts";

const MB = 2 ** 20;
const TOO_LARGE = "413 REQUEST_ENTITY_TOO_LARGE";
const OVERLOADED = "503 OVERLOADED";

const DETECT_UPLOAD =
  "mutation($file: Upload!) { detect(image: { upload: $file }) { __typename ... on BadImage { reason } } }";

const bearer = ({ attacker }: Arena) => ({ authorization: `Bearer ${attacker.key}` });

async function* endless(piece: Uint8Array, mostBytes: number, everyMs = 0): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < mostBytes; sent += piece.length) {
    yield piece;
    if (everyMs > 0) await later(everyMs);
  }
}

const ten = (arena: Arena, request: () => HostileRequest): Promise<Came[]> =>
  Promise.all(
    Array.from({ length: 10 }, () => {
      const { headers, ...rest } = request();
      return sendHostile(arena.target.url, { headers: { ...headers, ...bearer(arena) }, ...rest });
    }),
  );

/** What the body of a request with a valid key can be. */
export const BODIES: readonly Attack[] = [
  {
    name: "bodies: chunks without an end",
    expected: [TOO_LARGE],
    run: async (arena) => [
      await sendHostile(arena.target.url, {
        headers: bearer(arena),
        body: endless(Buffer.alloc(64 * 1024, 0x20), 200 * MB),
      }),
    ],
  },
  {
    name: "bodies: declared as 1 GB",
    expected: [TOO_LARGE],
    run: async (arena) => [
      await sendHostile(arena.target.url, {
        headers: { ...bearer(arena), "content-length": String(1024 * MB) },
        body: endless(Buffer.alloc(64 * 1024, 0x20), 1024 * MB),
      }),
    ],
  },
  {
    name: "bodies: 20 slow ones, then broken off",
    expected: ["left"],
    run: (arena) =>
      Promise.all(
        Array.from({ length: 20 }, () =>
          sendHostile(arena.target.url, {
            headers: bearer(arena),
            body: endless(Buffer.alloc(1024, 0x20), MB, 100),
            leaveAfter: 5_000,
          }),
        ),
      ),
  },
  {
    name: "bodies: ten of 20 MB at once",
    expected: ["400 BAD_REQUEST", OVERLOADED],
    run: (arena) => {
      const body = Buffer.alloc(20 * MB, 0x5b);
      return ten(arena, () => ({ body }));
    },
  },
  {
    name: "bodies: ten uploads of 20 MB at once",
    expected: ["200 BadImage UNSUPPORTED_FORMAT", OVERLOADED],
    run: (arena) => {
      const request = upload(DETECT_UPLOAD, { file: null }, "variables.file", Buffer.alloc(20 * MB));
      return ten(arena, () => request);
    },
  },
  {
    name: "bodies: ten slow ones of 40 MB, then broken off",
    expected: ["left"],
    run: (arena) =>
      ten(arena, () => ({
        headers: { "content-length": String(40 * MB) },
        body: endless(Buffer.alloc(64 * 1024, 0x20), 40 * MB, 100),
        leaveAfter: 8_000,
      })),
  },
  {
    name: "bodies: ten strings of 20 MB at once",
    expected: ["200", OVERLOADED],
    run: (arena) => {
      const variables = { large: "x".repeat(20 * MB) };
      const body = JSON.stringify({ query: "{ viewer { scopes } }", variables });
      return ten(arena, () => ({ body }));
    },
  },
];
