import { Command, InvalidArgumentError } from "commander";
import { setup } from "../cli/setup.ts";
import { type Arena, openArena } from "./attack-context.ts";
import { ATTACKS } from "./attacks/all.ts";
import { PAIRS, pairName } from "./pairs/mutations.ts";
import { type PairReport, runPair } from "./pairs/run-pairs.ts";
import { harm, type Observed, observe, runAttack } from "./run-attack.ts";
import { startTarget } from "./target.ts";

/** `npm run attack`: attacks a fresh server on this machine, and prints what each attack did to the others. */
const program = new Command("npm run attack --")
  .description(
    "Attacks a fresh server on this machine, one attack at a time, while another tenant verifies once a second; then sends each pair of " +
      "mutations at once, and compares what came with the two serial orders. The exit code is 1 if a verify is not answered, its p95 " +
      "is more than 3 times the idle one, the isolate holds more than 128 MB, or an outcome is not expected.",
  )
  .option("--only <text...>", "only the attacks and pairs whose name contains one of these texts")
  .option("--rounds <n>", "how often each pair of mutations is sent", positive, 100)
  .option("--seconds <n>", "how long each attack is watched at least", positive, 20)
  .option("--seed <n>", "chooses the delays between the mutations of a pair", positive, 1)
  .option("--list", "print the names of the attacks and pairs");

interface Options {
  only?: string[];
  rounds: number;
  seconds: number;
  seed: number;
  list?: true;
}

/** Pairs that run at the same time, each on scenes of its own. */
const PAIRS_AT_ONCE = 4;
/** Seconds in which the first verifies compile what later ones find ready. */
const WARM_UP_SECONDS = 10;
const LEAST_IDLE_SECONDS = 20;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return number;
}

async function run({ only = [""], rounds, seconds, seed }: Options): Promise<void> {
  const chosen = (name: string) => only.some((text) => name.includes(text));
  const attacks = ATTACKS.filter(({ name }) => chosen(name));
  const pairs = PAIRS.filter((pair) => chosen(pairName(pair)));
  if (attacks.length + pairs.length === 0) program.error(`error: no name contains ${only.join(" or ")}. See --list.`);
  await setup();
  say("starting the server");
  const target = await startTarget();
  const failed: string[] = [];
  try {
    const context = await openArena(target);
    try {
      say("watching the idle server");
      await observe(context, WARM_UP_SECONDS, async () => {});
      const idle = await observe(context, Math.max(LEAST_IDLE_SECONDS, seconds), async () => {});
      printRow("  idle", "", idle, []);
      for (const [i, attack] of attacks.entries()) {
        say(`${i + 1} of ${attacks.length}: ${attack.name}`);
        const report = await runAttack(context, attack, { seconds, idleP95: idle.p95 });
        const came = Object.entries(report.outcomes).map(([outcome, n]) => (n === 1 ? outcome : `${n} × ${outcome}`));
        if (report.problems.length > 0) failed.push(`${attack.name}: ${report.problems.join("; ")}`);
        printRow(`${mark(report.problems)} ${attack.name}`, came.join(", "), report, report.problems);
      }
      if (pairs.length > 0) failed.push(...(await runPairs(context, pairs, rounds, seed)));
    } finally {
      context.close();
    }
  } finally {
    await target.stop();
  }
  const all = attacks.length + pairs.length;
  console.log(`${all} attacks and pairs, ${failed.length} did harm`);
  for (const one of failed) console.log(`✗ ${one}`);
  if (failed.length > 0) process.exitCode = 1;
}

/** Sends the pairs, and says what failed. Many mutations at once keep the machine busy: the bystander has to be answered, however late. */
async function runPairs(context: Arena, pairs: typeof PAIRS, rounds: number, seed: number): Promise<string[]> {
  const failed: string[] = [];
  let next = 0;
  const observed = await observe(context, 0, async () => {
    const inTurn = async () => {
      while (next < pairs.length) {
        const i = next++;
        const report = await runPair(context, pairs[i]!, { rounds, seed: seed + i });
        say(`${i + 1} of ${pairs.length}: ${report.name}`);
        printPair(report);
        if (report.faults.length > 0) failed.push(`${report.name}: ${report.faults[0]}`);
      }
    };
    await Promise.all(Array.from({ length: PAIRS_AT_ONCE }, inTurn));
  });
  const problems = harm(observed);
  if (problems.length > 0) failed.push(`pairs: ${problems.join("; ")}`);
  printRow(`${mark(problems)} pairs: all together`, "", observed, problems);
  return failed;
}

function say(what: string): void {
  process.stderr.write(`${what} …\n`);
}

const mark = (problems: readonly unknown[]) => (problems.length === 0 ? "✓" : "✗");
const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** Columns: attack, outcomes, peak of the isolate, growth of the process, verifies answered of those sent, their p95 in ms, problems. */
function printRow(name: string, came: string, { held, served, p95 }: Observed, problems: readonly string[]): void {
  console.log(
    [
      name.padEnd(62),
      came.padEnd(34),
      mb(held.isolate).padStart(7),
      `+${mb(held.process)}`.padStart(8),
      `${served.answered}/${served.sent}`.padStart(8),
      `${p95.toFixed(0)} ms`.padStart(8),
      problems.join("; "),
    ]
      .join(" ")
      .trimEnd(),
  );
}

function printPair({ name, rounds, orders: [first, second], faults }: PairReport): void {
  const neither = rounds - first - second;
  console.log(
    `${mark(faults)} ${name.padEnd(78)} ${first} as the first order, ${second} as the second, ${neither} as neither`,
  );
  for (const fault of faults.slice(0, 3)) console.log(`    ${fault}`);
}

const options = program.parse().opts<Options>();
if (options.list) for (const name of [...ATTACKS.map(({ name }) => name), ...PAIRS.map(pairName)]) console.log(name);
else await run(options);
