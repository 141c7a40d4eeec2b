import type { AttackContext } from "../attack-context.ts";
import { type HostileResponse, sendHostile } from "../hostile-request.ts";
import type { Attack } from "./attack.ts";

const RATE_LIMITED = "429 RATE_LIMITED";

/** Sends requests, at most `concurrency` at the same time. */
async function flood(
  { target }: AttackContext,
  {
    requests,
    concurrency,
    headers,
  }: { requests: number; concurrency: number; headers: (i: number) => Record<string, string> },
): Promise<HostileResponse[]> {
  const responses: HostileResponse[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < requests)
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
    run: (context) =>
      flood(context, {
        requests: 3_000,
        concurrency: 8,
        headers: () => ({ authorization: `Bearer ${context.attacker.key}` }),
      }),
  },
  {
    name: "floods: 3,000 requests by wrong keys",
    expected: ["401 UNAUTHENTICATED", RATE_LIMITED],
    required: RATE_LIMITED,
    run: (context) => {
      const [head] = context.attacker.key.split(".");
      return flood(context, {
        requests: 3_000,
        concurrency: 8,
        headers: (i) => ({ authorization: `Bearer ${head?.slice(0, -8)}${String(i).padStart(8, "0")}` }),
      });
    },
  },
];
