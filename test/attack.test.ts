import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttackContext, openAttackContext } from "../attack/attack-context.ts";
import { ATTACKS } from "../attack/attacks/all.ts";
import { PAIRS, pairName } from "../attack/pairs/mutations.ts";
import { runPair } from "../attack/pairs/run-pairs.ts";
import { startTarget, type Target } from "../attack/target.ts";

/** A small version of `npm run attack`: 3 rounds of each pair, and the quick attacks. It does not check durations. */
const ROUNDS = 3;
/** Attacks that take at most a second. */
const QUICK = [
  "variables: multipart index 4294967294",
  "variables: multipart path to __proto__",
  "variables: list of 500,000 bad items",
  "prices: 100 faces × 100 candidates with all of each",
  "prices: fragments that double 25 times",
  "prices: a document of 10 MB",
  "pictures: PNG of 3 MB whose pixel data inflate to 3 GB",
  "pictures: GIF that claims 65535×65535, animated",
  "strangers: bodies of 24 MB",
  "strangers: one byte each 100 ms",
];

let target: Target;
let context: AttackContext & { close(): void };
beforeAll(async () => {
  target = await startTarget();
  context = await openAttackContext(target);
});
afterAll(async () => {
  context?.close();
  await target?.stop();
});

/** Several pairs run at the same time, each with its own tenant, which makes the timing more varied. */
describe.concurrent("two concurrent mutations have the same result as in one of the two serial orders", () => {
  test.for(PAIRS.map((pair, seed) => ({ name: pairName(pair), pair, seed })))(
    "$name",
    async ({ pair, seed }, { expect }) => {
      const { faults } = await runPair(context, pair, { rounds: ROUNDS, seed });
      expect(faults).toEqual([]);
    },
  );
});

test("every quick attack exists, and attack names are unique", () => {
  const names = ATTACKS.map(({ name }) => name);
  expect(QUICK.filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

describe("an attack gets an expected outcome, and the server still answers", () => {
  test.for(ATTACKS.filter(({ name }) => QUICK.includes(name)))("$name", async (attack) => {
    for (const { outcome } of await attack.run(context)) expect(attack.expected).toContain(outcome);
    expect(await target.isAnswering()).toBe(true);
  });
});
