import { afterAll, beforeAll, expect, test } from "vitest";
import { createInputs, type Input } from "../attack/fuzz/inputs.ts";
import { type FuzzTarget, openFuzzTarget } from "../attack/fuzz/open-fuzz.ts";
import { fuzz, growthOf } from "../attack/fuzz/run-fuzz.ts";

/** A small version of `npm run fuzz` with the same inputs in every run. */
const SEED = 1;
const INPUTS = 1_000;

let opened: FuzzTarget;
beforeAll(async () => {
  opened = await openFuzzTarget();
});
afterAll(() => opened?.stop());

test(`${INPUTS} mutated requests cause no crash, no hang and no internal error`, async () => {
  const { target, senders, ids } = opened;
  const report = await fuzz(target, {
    inputOf: createInputs(SEED, { ids }),
    senders,
    inputs: INPUTS,
    millis: 100_000,
  });
  expect(
    report.findings.map(({ kind, what, index }) => `${kind}: ${what}: npm run fuzz -- --replay ${SEED}:${index}`),
  ).toEqual([]);
  expect(report.inputs).toBe(INPUTS);
  expect(Object.keys(report.kinds).toSorted()).toEqual(["graphql", "json", "multipart", "picture"]);
});

test("a seed and an index always give the same input, and another seed gives other inputs", () => {
  const known = { ids: ["col_a", "sub_b"] };
  const [one, again, other] = [createInputs(7, known), createInputs(7, known), createInputs(8, known)];
  const shown = ({ body, ...rest }: Input) => JSON.stringify({ ...rest, body: body.toString("base64") });
  for (let index = 0; index < 200; index++) expect(shown(one(index))).toBe(shown(again(index)));
  const same = Array.from({ length: 200 }, (_, index) => shown(one(index)) === shown(other(index)));
  expect(same.filter(Boolean).length).toBeLessThan(20);
});

test("memory growth is reported if the last quarter is always at least 16 MB above the second", () => {
  const sawtooth = Array.from({ length: 40 }, (_, i) => 80 + (i % 5) * 8);
  expect(growthOf(sawtooth)).toBeUndefined();
  expect(growthOf(sawtooth.map((mb, i) => mb + i * 5))).toMatch(/second quarter/);
  expect(growthOf([40, 60, 80])).toBeUndefined();
});
