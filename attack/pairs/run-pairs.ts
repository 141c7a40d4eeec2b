import { setTimeout as later } from "node:timers/promises";
import { createClient } from "../../cli/client.ts";
import { randomNumbers } from "../../imaging/random.ts";
import type { Arena } from "../attack-context.ts";
import type { Scene } from "../endpoint-types.ts";
import { type Mutation, pairName } from "./mutations.ts";
import { type Answer, auditFaults, equals, type Outcome, outcomeOf } from "./outcome.ts";
import { readState, violations } from "./state.ts";

type Pair = readonly [Mutation, Mutation];

/** What came of a pair of mutations that was sent at once, round after round. */
export interface PairReport {
  name: string;
  rounds: number;
  /** How often it went as in each of the two serial orders; where both give the same, it counts as the first. */
  orders: [number, number];
  /** What was wrong, in words, with the round. */
  faults: string[];
}

/** Whatever of a program that runs pairs they need. */
type Place = Pick<Arena, "target" | "face" | "portrait">;

let scenes = 0;

/** Runs a pair in both serial orders, which are the oracle, then in `rounds` rounds at once; the delay between the two differs each time. */
export async function runPair(
  place: Place,
  pair: Pair,
  { rounds, seed }: { rounds: number; seed: number },
): Promise<PairReport> {
  const faults: string[] = [];
  const orders: [number, number] = [0, 0];
  const note = (round: string, found: string[]) => faults.push(...found.map((what) => `${round}: ${what}`));

  const forwards = await serial(place, pair, [0, 1]);
  const backwards = await serial(place, pair, [1, 0]);
  note("one after the other", [...forwards.faults, ...backwards.faults]);
  const random = randomNumbers(seed);
  for (let round = 1; round <= rounds; round++) {
    const scene = await makeScene(place);
    // One begins while the other is underway, sooner or later.
    const waiting = random() < 0.5 ? 0 : 1;
    const delay = random() * forwards.millis[1 - waiting]!;
    const answers = await Promise.all(
      pair.map(async (_, i) => {
        if (i === waiting) await later(delay);
        return send(place, scene, pair, i as 0 | 1);
      }),
    );
    const result = await judge(place, scene, pair, answers as [Answer, Answer]);
    note(`round ${round}`, result.faults);
    if (equals(result.outcome, forwards.outcome)) orders[0]++;
    else if (equals(result.outcome, backwards.outcome)) orders[1]++;
    else note(`round ${round}`, [difference(result.outcome, forwards.outcome, backwards.outcome)]);
  }
  return { name: pairName(pair), rounds, orders, faults };
}

interface Result {
  outcome: Outcome;
  faults: string[];
}

async function serial(place: Place, pair: Pair, order: readonly [0 | 1, 0 | 1]) {
  const scene = await makeScene(place);
  const answers: Answer[] = [];
  const millis: number[] = [];
  for (const i of order) {
    const start = performance.now();
    answers[i] = await send(place, scene, pair, i);
    millis[i] = performance.now() - start;
  }
  return { millis, ...(await judge(place, scene, pair, answers as [Answer, Answer])) };
}

const makeScene = ({ target, face }: Place): Promise<Scene> =>
  target.instrument<Scene>("scene", { name: `scene ${++scenes}`, face });

async function send({ target, portrait }: Place, scene: Scene, pair: Pair, i: 0 | 1): Promise<Answer> {
  const { document, variables } = pair[i];
  const given = variables(scene, i === 0 ? "first" : "second", portrait.toString("base64"));
  const { body } = await createClient(target.url, scene.key).send<{ answer: Answer }>(document, given);
  return body.data?.answer ?? { __typename: `error ${body.errors?.[0]?.extensions?.code}` };
}

async function judge({ target }: Place, scene: Scene, pair: Pair, answers: [Answer, Answer]): Promise<Result> {
  const state = await readState(target, scene.tenantId);
  const faults = [...(await violations(target, scene, state)), ...auditFaults(pair, answers, state)];
  for (const { __typename } of answers) if (__typename.startsWith("error")) faults.push(`answered ${__typename}`);
  return { outcome: outcomeOf(scene, answers, state), faults };
}

/** Which of the lines of an outcome are in neither serial one. */
function difference(outcome: Outcome, ...serials: Outcome[]): string {
  const nearest = serials.toSorted((a, b) => strange(outcome, a).length - strange(outcome, b).length)[0]!;
  return `as in neither order: ${outcome.answers.join(" and ")}; ${strange(outcome, nearest).join(" ")}`.slice(0, 900);
}

function strange(outcome: Outcome, serial: Outcome): string[] {
  const lines = outcome.state.split("\n");
  const expected = serial.state.split("\n");
  return [
    ...lines.filter((line) => !expected.includes(line)).map((line) => `has ${line.trim()}`),
    ...expected.filter((line) => !lines.includes(line)).map((line) => `lacks ${line.trim()}`),
  ];
}
