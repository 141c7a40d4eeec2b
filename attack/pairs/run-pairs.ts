import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "../../cli/client.ts";
import { randomNumbers } from "../../imaging/random.ts";
import type { AttackContext } from "../attack-context.ts";
import type { PairFixture } from "../endpoint-types.ts";
import { type Mutation, pairName } from "./mutations.ts";
import { type Answer, auditFaults, isSameOutcome, type Outcome, outcomeOf } from "./outcome.ts";
import { readState, violations } from "./state.ts";

type Pair = readonly [Mutation, Mutation];

/** The results of a pair of mutations that was sent concurrently in many rounds. */
export interface PairReport {
  name: string;
  rounds: number;
  /** How often the result equaled that of the first and of the second serial order. If both are equal, it counts as the first. */
  orders: [number, number];
  /** Descriptions of the faults, with the round. */
  faults: string[];
}

/** The parts of the attack context that pairs need. */
type PairContext = Pick<AttackContext, "target" | "face" | "portrait">;

let fixtureCount = 0;

/** Runs a pair in both serial orders, which are the oracle, then `rounds` times concurrently. The delay between the two differs in each round. */
export async function runPair(
  context: PairContext,
  pair: Pair,
  { rounds, seed }: { rounds: number; seed: number },
): Promise<PairReport> {
  const faults: string[] = [];
  const orders: [number, number] = [0, 0];
  const addFaults = (round: string, found: string[]) => faults.push(...found.map((what) => `${round}: ${what}`));

  const forwards = await runSerially(context, pair, [0, 1]);
  const backwards = await runSerially(context, pair, [1, 0]);
  addFaults("one after the other", [...forwards.faults, ...backwards.faults]);
  const random = randomNumbers(seed);
  for (let round = 1; round <= rounds; round++) {
    const fixture = await makeFixture(context);
    // One mutation begins at a random time during the other.
    const waiting = random() < 0.5 ? 0 : 1;
    const delayMs = random() * forwards.millis[1 - waiting]!;
    const answers = await Promise.all(
      pair.map(async (_, i) => {
        if (i === waiting) await delay(delayMs);
        return send(context, fixture, pair, i as 0 | 1);
      }),
    );
    const result = await checkResult(context, fixture, pair, answers as [Answer, Answer]);
    addFaults(`round ${round}`, result.faults);
    if (isSameOutcome(result.outcome, forwards.outcome)) orders[0]++;
    else if (isSameOutcome(result.outcome, backwards.outcome)) orders[1]++;
    else addFaults(`round ${round}`, [difference(result.outcome, forwards.outcome, backwards.outcome)]);
  }
  return { name: pairName(pair), rounds, orders, faults };
}

interface Result {
  outcome: Outcome;
  faults: string[];
}

async function runSerially(place: PairContext, pair: Pair, order: readonly [0 | 1, 0 | 1]) {
  const fixture = await makeFixture(place);
  const answers: Answer[] = [];
  const millis: number[] = [];
  for (const i of order) {
    const start = performance.now();
    answers[i] = await send(place, fixture, pair, i);
    millis[i] = performance.now() - start;
  }
  return { millis, ...(await checkResult(place, fixture, pair, answers as [Answer, Answer])) };
}

const makeFixture = ({ target, face }: PairContext): Promise<PairFixture> =>
  target.callEndpoint<PairFixture>("fixture", { name: `fixture ${++fixtureCount}`, face });

async function send({ target, portrait }: PairContext, fixture: PairFixture, pair: Pair, i: 0 | 1): Promise<Answer> {
  const { document, variables } = pair[i];
  const given = variables(fixture, i === 0 ? "first" : "second", portrait.toString("base64"));
  const { body } = await createClient(target.url, fixture.key).send<{ answer: Answer }>(document, given);
  return body.data?.answer ?? { __typename: `error ${body.errors?.[0]?.extensions?.code}` };
}

async function checkResult(
  { target }: PairContext,
  fixture: PairFixture,
  pair: Pair,
  answers: [Answer, Answer],
): Promise<Result> {
  const state = await readState(target, fixture.tenantId);
  const faults = [...(await violations(target, fixture, state)), ...auditFaults(pair, answers, state)];
  for (const { __typename } of answers) if (__typename.startsWith("error")) faults.push(`answered ${__typename}`);
  return { outcome: outcomeOf(fixture, answers, state), faults };
}

/** Describes how an outcome differs from the most similar serial outcome. */
function difference(outcome: Outcome, ...serials: Outcome[]): string {
  const nearest = serials.toSorted((a, b) => differingLines(outcome, a).length - differingLines(outcome, b).length)[0]!;
  return `the result equals neither serial order: ${outcome.answers.join(" and ")}; ${differingLines(outcome, nearest).join(" ")}`.slice(
    0,
    900,
  );
}

function differingLines(outcome: Outcome, serial: Outcome): string[] {
  const lines = outcome.state.split("\n");
  const expected = serial.state.split("\n");
  return [
    ...lines.filter((line) => !expected.includes(line)).map((line) => `has ${line.trim()}`),
    ...expected.filter((line) => !lines.includes(line)).map((line) => `lacks ${line.trim()}`),
  ];
}
