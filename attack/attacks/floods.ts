import type { AttackContext } from "../attack-context.ts";
import { type HostileResponse, sendHostile } from "../hostile-request.ts";
import type { Attack } from "./attack.ts";

const RATE_LIMITED = "429 RATE_LIMITED";

const REQUESTS = 3_000;
/**
 * wrangler and workerd keep memory of each connection and of each request between their own Workers. So many requests make the processes
 * of a Worker that only answers "ok" grow by 190 MB, and those of the product, whose requests cause others, by 340 to 390 MB.
 */
const processLimit = 512 * 2 ** 20;

/** Sends {@link REQUESTS} requests, `concurrency` of them at the same time. */
async function flood(
  { target }: AttackContext,
  { concurrency, headers }: { concurrency: number; headers: (i: number) => Record<string, string> },
): Promise<HostileResponse[]> {
  const responses: HostileResponse[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < REQUESTS)
        responses.push(
          await sendHostile(target.url, { headers: headers(next++), body: '{"query":"{ viewer { scopes } }"}' }),
        );
    }),
  );
  return responses;
}

/** Many small requests. */
export const FLOODS: readonly Attack[] = [
  {
    name: "floods: 3,000 requests by one key",
    expected: ["200", RATE_LIMITED],
    required: RATE_LIMITED,
    processLimit,
    run: (context) =>
      flood(context, {
        concurrency: 8,
        headers: () => ({ authorization: `Bearer ${context.attacker.key}` }),
      }),
  },
  {
    name: "floods: 3,000 requests by wrong keys",
    expected: ["401 UNAUTHENTICATED", RATE_LIMITED],
    required: RATE_LIMITED,
    processLimit,
    run: (context) => {
      const [head] = context.attacker.key.split(".");
      return flood(context, {
        concurrency: 8,
        headers: (i) => ({ authorization: `Bearer ${head?.slice(0, -8)}${String(i).padStart(8, "0")}` }),
      });
    },
  },
];
