import { setTimeout as delay } from "node:timers/promises";
import type { AttackContext } from "../attack-context.ts";
import { type HostileRequest, type HostileResponse, sendHostile } from "../hostile-request.ts";
import { upload } from "../multipart.ts";
import type { Attack } from "./attack.ts";

const MB = 2 ** 20;
const TOO_LARGE = "413 REQUEST_ENTITY_TOO_LARGE";
const OVERLOADED = "503 OVERLOADED";

const DETECT_UPLOAD =
  "mutation($file: Upload!) { detect(image: { upload: $file }) { __typename ... on BadImage { reason } } }";

const bearer = ({ attacker }: AttackContext) => ({ authorization: `Bearer ${attacker.key}` });

async function* endless(piece: Uint8Array, maxBytes: number, everyMs = 0): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < maxBytes; sent += piece.length) {
    yield piece;
    if (everyMs > 0) await delay(everyMs);
  }
}

const ten = (context: AttackContext, request: () => HostileRequest): Promise<HostileResponse[]> =>
  Promise.all(
    Array.from({ length: 10 }, () => {
      const { headers, ...rest } = request();
      return sendHostile(context.target.url, { headers: { ...headers, ...bearer(context) }, ...rest });
    }),
  );

/** What the body of a request with a valid key can be. */
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
    expected: ["400 BAD_REQUEST", OVERLOADED],
    run: (context) => {
      const body = Buffer.alloc(20 * MB, 0x5b);
      return ten(context, () => ({ body }));
    },
  },
  {
    name: "bodies: ten uploads of 20 MB at once",
    expected: ["200 BadImage UNSUPPORTED_FORMAT", OVERLOADED],
    run: (context) => {
      const request = upload(DETECT_UPLOAD, { file: null }, "variables.file", Buffer.alloc(20 * MB));
      return ten(context, () => request);
    },
  },
  {
    name: "bodies: ten slow ones of 40 MB, then broken off",
    expected: ["left"],
    run: (context) =>
      ten(context, () => ({
        headers: { "content-length": String(40 * MB) },
        body: endless(Buffer.alloc(64 * 1024, 0x20), 40 * MB, 100),
        leaveAfter: 8_000,
      })),
  },
  {
    name: "bodies: ten strings of 20 MB at once",
    expected: ["200", OVERLOADED],
    run: (context) => {
      const variables = { large: "x".repeat(20 * MB) };
      const body = JSON.stringify({ query: "{ viewer { scopes } }", variables });
      return ten(context, () => ({ body }));
    },
  },
];
