import { Command, InvalidArgumentError } from "commander";
import { setup } from "../cli/setup.ts";
import { openArena } from "./arena.ts";
import { ATTACKS } from "./attacks/all.ts";
import { type AttackReport, observe, runAttack } from "./run-attack.ts";
import { startTarget } from "./target.ts";

/** `npm run attack`: runs every attack against a fresh server on this machine, and prints what each of them did to the others. */
const program = new Command("npm run attack --")
  .description(
    "Attacks a fresh server on this machine, one attack at a time, while another tenant verifies once a second. The exit code is 1 if " +
      "a verify is not answered, its p95 is more than 3 times the idle one, the isolate holds more than 128 MB, or an outcome is not expected.",
  )
  .option("--only <text>", "only the attacks whose name contains this text; --list prints the names")
  .option("--seconds <n>", "how long each attack is watched at least", positive, 20)
  .option("--list", "print the names of the attacks");

const { only = "", seconds, list } = program.parse().opts<{ only?: string; seconds: number; list?: true }>();

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return number;
}

async function main(): Promise<void> {
  await setup();
  say("starting the server");
  const target = await startTarget();
  const reports: AttackReport[] = [];
  try {
    const arena = await openArena(target);
    try {
      say("idle");
      // The first verifies compile what the others find ready.
      await observe(arena, 10, async () => {});
      const idle = await observe(arena, Math.max(20, seconds), async () => {});
      print(["idle", "", mb(idle.held.isolate), mb(idle.held.process), answered(idle), idle.p95.toFixed(0), ""]);
      for (const [i, attack] of attacks.entries()) {
        say(`${i + 1} of ${attacks.length}: ${attack.name}`);
        const report = await runAttack(arena, attack, { seconds, idleP95: idle.p95 });
        reports.push(report);
        printReport(report);
      }
    } finally {
      arena.close();
    }
  } finally {
    await target.stop();
  }
  const succeeded = reports.filter(({ problems }) => problems.length > 0);
  console.log(`${reports.length - succeeded.length} of ${reports.length} attacks did no harm`);
  for (const { name, problems } of succeeded) console.log(`✗ ${name}: ${problems.join("; ")}`);
  if (succeeded.length > 0) process.exitCode = 1;
}

function say(what: string): void {
  process.stderr.write(`${what} …\n`);
}

const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
const answered = ({ served }: Pick<AttackReport, "served">) => `${served.answered}/${served.sent}`;

const WIDTHS = [58, 40, 8, 9, 7, 7];
function print(cells: string[]): void {
  console.log(cells.map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0)).join(" "));
}

function printReport(report: AttackReport): void {
  const { name, outcomes, held, p95, problems } = report;
  const came = Object.entries(outcomes).map(([outcome, n]) => (n === 1 ? outcome : `${n} × ${outcome}`));
  print([
    `${problems.length === 0 ? "✓" : "✗"} ${name}`,
    came.join(", "),
    mb(held.isolate),
    `+${mb(held.process)}`,
    answered(report),
    p95.toFixed(0),
    problems.join("; "),
  ]);
}

const attacks = ATTACKS.filter(({ name }) => name.includes(only));
if (list) for (const { name } of attacks) console.log(name);
else if (attacks.length === 0) program.error(`error: no attack's name contains ${JSON.stringify(only)}.`);
else await main();
