import { Command, InvalidArgumentError } from "commander";
import { setup } from "../cli/setup.ts";
import { type AttackContext, openAttackContext } from "./attack-context.ts";
import { ATTACKS } from "./attacks/all.ts";
import { PAIRS, pairName } from "./pairs/mutations.ts";
import { type PairReport, runPair } from "./pairs/run-pairs.ts";
import { exceededLimits, type Observation, observe, runAttack } from "./run-attack.ts";
import { startTarget } from "./target.ts";

/** `npm run attack`: attacks a fresh server on this machine, and prints how each attack affected another tenant. */
const program = new Command("npm run attack --")
  .description(
    "Attacks a fresh server on this machine, one attack at a time, while another tenant verifies once a second; then sends each pair of " +
      "mutations at once, and compares the result with the two serial orders. The exit code is 1 if a verification is not answered, its p95 " +
      "is more than 3 times the idle value, the isolate holds more than 128 MB, or an outcome is not expected.",
  )
  .option("--only <text...>", "only the attacks and pairs whose name contains one of these texts")
  .option("--rounds <n>", "how often each pair of mutations is sent", positive, 100)
  .option("--seconds <n>", "minimum time for which each attack is measured", positive, 20)
  .option("--seed <n>", "seed of the delays between the mutations of a pair", positive, 1)
  .option("--list", "print the names of the attacks and pairs");

interface Options {
  only?: string[];
  rounds: number;
  seconds: number;
  seed: number;
  list?: true;
}

/** Pairs that run at the same time. Each uses its own tenants. */
const PAIRS_AT_ONCE = 4;
/** In this time the first verifications compile code that later ones reuse. */
const WARM_UP_SECONDS = 10;
const MIN_IDLE_SECONDS = 20;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return number;
}

async function run({ only = [""], rounds, seconds, seed }: Options): Promise<void> {
  const isSelected = (name: string) => only.some((text) => name.includes(text));
  const attacks = ATTACKS.filter(({ name }) => isSelected(name));
  const pairs = PAIRS.filter((pair) => isSelected(pairName(pair)));
  if (attacks.length + pairs.length === 0)
    program.error(`error: no attack or pair has a name that contains ${only.join(" or ")}. --list prints the names.`);
  await setup();
  logProgress("starting the server");
  const target = await startTarget();
  const failed: string[] = [];
  try {
    const context = await openAttackContext(target);
    try {
      logProgress("measuring the idle server");
      await observe(context, WARM_UP_SECONDS, async () => {});
      const idle = await observe(context, Math.max(MIN_IDLE_SECONDS, seconds), async () => {});
      printRow("  idle", "", idle, []);
      for (const [i, attack] of attacks.entries()) {
        logProgress(`${i + 1} of ${attacks.length}: ${attack.name}`);
        const report = await runAttack(context, attack, { seconds, idleP95: idle.p95 });
        const outcomes = Object.entries(report.outcomes).map(([outcome, n]) =>
          n === 1 ? outcome : `${n} × ${outcome}`,
        );
        if (report.problems.length > 0) failed.push(`${attack.name}: ${report.problems.join("; ")}`);
        printRow(`${mark(report.problems)} ${attack.name}`, outcomes.join(", "), report, report.problems);
      }
      if (pairs.length > 0) failed.push(...(await runPairs(context, pairs, rounds, seed)));
    } finally {
      context.close();
    }
  } finally {
    await target.stop();
  }
  const total = attacks.length + pairs.length;
  console.log(`${total} attacks and pairs, ${failed.length} exceeded a limit`);
  for (const failure of failed) console.log(`✗ ${failure}`);
  if (failed.length > 0) process.exitCode = 1;
}

/** Sends the pairs, and returns what failed. Many mutations at once keep the machine busy, so the bystander must get answers, but p95 is not limited. */
async function runPairs(context: AttackContext, pairs: typeof PAIRS, rounds: number, seed: number): Promise<string[]> {
  const failed: string[] = [];
  let next = 0;
  const observation = await observe(context, 0, async () => {
    const runNextPairs = async () => {
      while (next < pairs.length) {
        const i = next++;
        const report = await runPair(context, pairs[i]!, { rounds, seed: seed + i });
        logProgress(`${i + 1} of ${pairs.length}: ${report.name}`);
        printPair(report);
        if (report.faults.length > 0) failed.push(`${report.name}: ${report.faults[0]}`);
      }
    };
    await Promise.all(Array.from({ length: PAIRS_AT_ONCE }, runNextPairs));
  });
  const problems = exceededLimits(observation);
  if (problems.length > 0) failed.push(`pairs: ${problems.join("; ")}`);
  printRow(`${mark(problems)} pairs: all together`, "", observation, problems);
  return failed;
}

function logProgress(step: string): void {
  process.stderr.write(`${step} …\n`);
}

const mark = (problems: readonly unknown[]) => (problems.length === 0 ? "✓" : "✗");
const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** Columns: attack, outcomes, peak memory of the isolate, growth of the process, verifications answered of those sent, their p95 in ms, problems. */
function printRow(
  name: string,
  outcomes: string,
  { memory, verifications, p95 }: Observation,
  problems: readonly string[],
): void {
  console.log(
    [
      name.padEnd(62),
      outcomes.padEnd(34),
      mb(memory.isolate).padStart(7),
      `+${mb(memory.process)}`.padStart(8),
      `${verifications.answered}/${verifications.sent}`.padStart(8),
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
    `${mark(faults)} ${name.padEnd(78)} ${first} like the first order, ${second} like the second, ${neither} like neither`,
  );
  for (const fault of faults.slice(0, 3)) console.log(`    ${fault}`);
}

const options = program.parse().opts<Options>();
if (options.list) for (const name of [...ATTACKS.map(({ name }) => name), ...PAIRS.map(pairName)]) console.log(name);
else await run(options);
