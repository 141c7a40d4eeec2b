import type { Arena } from "../attack-context.ts";
import { type Came, sendHostile } from "../hostile-request.ts";
import type { Attack } from "./attack.ts";

const RATE_LIMITED = "429 RATE_LIMITED";

/** Sends so many requests, `atOnce` of them in flight. */
async function flood(
  { target }: Arena,
  { requests, atOnce, headers }: { requests: number; atOnce: number; headers: (i: number) => Record<string, string> },
): Promise<Came[]> {
  const came: Came[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < requests)
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
    run: (context) =>
      flood(context, {
        requests: 3_000,
        atOnce: 8,
        headers: () => ({ authorization: `Bearer ${context.attacker.key}` }),
      }),
  },
  {
    name: "floods: 3,000 requests by wrong keys",
    expected: ["401 UNAUTHENTICATED", RATE_LIMITED],
    needed: RATE_LIMITED,
    run: (context) => {
      const [head] = context.attacker.key.split(".");
      return flood(context, {
        requests: 3_000,
        atOnce: 8,
        headers: (i) => ({ authorization: `Bearer ${head?.slice(0, -8)}${String(i).padStart(8, "0")}` }),
      });
    },
  },
];
