import type { Arena } from "../arena.ts";
import { type Came, sendHostile } from "../hostile-request.ts";
import type { Attack } from "./attack.ts";

const RATE_LIMITED = "429 RATE_LIMITED";

const REQUESTS = 3_000;
/**
 * wrangler and workerd keep memory of each connection and of each request between their own Workers. So many requests make the processes
 * of a Worker that only answers "ok" grow by 190 MB, and those of the product, whose requests cause others, by 340 to 390 MB.
 */
const processLimit = 512 * 2 ** 20;

/** Sends {@link REQUESTS} requests, `atOnce` of them in flight. */
async function flood(
  { target }: Arena,
  { atOnce, headers }: { atOnce: number; headers: (i: number) => Record<string, string> },
): Promise<Came[]> {
  const came: Came[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < REQUESTS)
        came.push(
          await sendHostile(target.url, { headers: headers(next++), body: '{"query":"{ viewer { scopes } }"}' }),
        );
    }),
  );
  return came;
}

/** Many requests rather than large ones. */
export const FLOODS: readonly Attack[] = [
  {
    name: "floods: 3,000 requests by one key",
    expected: ["200", RATE_LIMITED],
    needed: RATE_LIMITED,
    processLimit,
    run: (arena) =>
      flood(arena, {
        atOnce: 8,
        headers: () => ({ authorization: `Bearer ${arena.attacker.key}` }),
      }),
  },
  {
    name: "floods: 3,000 requests by wrong keys",
    expected: ["401 UNAUTHENTICATED", RATE_LIMITED],
    needed: RATE_LIMITED,
    processLimit,
    run: (arena) => {
      const [head] = arena.attacker.key.split(".");
      return flood(arena, {
        atOnce: 8,
        headers: (i) => ({ authorization: `Bearer ${head?.slice(0, -8)}${String(i).padStart(8, "0")}` }),
      });
    },
  },
];
