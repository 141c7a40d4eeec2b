import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { setup } from "../cli/setup.ts";
import { ROOT } from "../cli/state.ts";
import { createInputs, type Input } from "./fuzz/inputs.ts";
import { openFuzzTarget } from "./fuzz/open-fuzz.ts";
import { type Finding, type FuzzReport, fuzz, send } from "./fuzz/run-fuzz.ts";

/** `npm run fuzz`: sends mutated requests to a fresh server on this machine until the time limit. */
const program = new Command("npm run fuzz --")
  .description(
    "Sends mutated JSON, multipart bodies, GraphQL documents and pictures to a fresh server on this machine. A finding is a crash, no answer " +
      "within 30 s, an INTERNAL error, an HTTP status of 500 or more, an unknown error code, or memory growth. The exit code is then 1.",
  )
  .option("--minutes <n>", "how long to run", positive, 20)
  .option("--inputs <n>", "maximum number of inputs", positive)
  .option("--seed <n>", "the same seed gives the same inputs (default: from the clock)", wholeNumber)
  .option("--replay <seed:index>", "resend one input and print it with its answer", seedAndIndex)
  .option("--out <folder>", "folder for the inputs of findings", ".semblance/fuzz");

interface Options {
  minutes: number;
  inputs?: number;
  seed?: number;
  replay?: { seed: number; index: number };
  out: string;
}

const PROGRESS_EVERY_MS = 5_000;
/** How much of a body is printed. */
const PRINTED_BYTES = 4_000;

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number with at most 9 digits.");
  return Number(text);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return number;
}

function seedAndIndex(text: string) {
  const [seed, index, ...more] = text.split(":");
  if (seed === undefined || index === undefined || more.length > 0)
    throw new InvalidArgumentError("It must have the form SEED:INDEX.");
  return { seed: wholeNumber(seed), index: wholeNumber(index) };
}

async function replay({ seed, index }: { seed: number; index: number }): Promise<void> {
  const { target, senders, ids, stop } = await openFuzzTarget();
  try {
    const input = createInputs(seed, { ids })(index);
    console.log(describeInput(input));
    const { outcome, fault } = await send(target.url, input, senders);
    console.log(`\nanswered: ${outcome}${fault === undefined ? "" : ` (${fault})`}`);
    if (fault !== undefined) process.exitCode = 1;
  } finally {
    await stop();
  }
}

async function run({ minutes, inputs = Number.POSITIVE_INFINITY, seed = Date.now() % 1_000_000, out }: Options) {
  const folder = resolve(ROOT, out);
  mkdirSync(folder, { recursive: true });
  console.log(`seed ${seed}`);
  const { target, senders, ids, stop } = await openFuzzTarget();
  let lastProgress = performance.now();
  const start = lastProgress;
  try {
    const report = await fuzz(target, {
      inputOf: createInputs(seed, { ids }),
      senders,
      inputs,
      millis: minutes * 60_000,
      onProgress: (done, findings) => {
        if (performance.now() - lastProgress < PROGRESS_EVERY_MS) return;
        lastProgress = performance.now();
        const seconds = (lastProgress - start) / 1_000;
        process.stderr.write(
          `${seconds.toFixed(0)} s: ${done} inputs, ${(done / seconds).toFixed(0)} per second, ${findings} findings\n`,
        );
      },
      onFinding: (finding) => reportFinding(finding, seed, folder),
    });
    printReport(report);
    if (report.findings.length > 0 || report.growth !== undefined) process.exitCode = 1;
  } finally {
    await stop();
  }
}

function reportFinding({ index, kind, what, input }: Finding, seed: number, folder: string): void {
  const file = resolve(folder, `${seed}-${index}.txt`);
  writeFileSync(file, `${JSON.stringify({ sender: input.sender, headers: input.headers })}\n\n`);
  writeFileSync(file, input.body, { flag: "a" });
  console.log(`✗ ${kind}: ${what}\n  npm run fuzz -- --replay ${seed}:${index}\n  ${file}`);
}

const describeInput = ({ kind, sender, headers, body }: Input): string =>
  `${kind}, sent by ${sender}\n${JSON.stringify(headers)}\n\n${body.subarray(0, PRINTED_BYTES).toString()}${body.length > PRINTED_BYTES ? `… (${body.length} bytes)` : ""}`;

function printReport({ inputs, seconds, kinds, findings, minimumMemory, growth }: FuzzReport): void {
  for (const [kind, { inputs: count, outcomes, p95, slowest }] of Object.entries(kinds)) {
    console.log(
      `${kind.padEnd(10)} ${String(count).padStart(8)} inputs, p95 ${p95.toFixed(0)} ms, slowest ${slowest.millis.toFixed(0)} ms (${slowest.index})`,
    );
    for (const [outcome, n] of Object.entries(outcomes).toSorted(([, a], [, b]) => b - a))
      console.log(`  ${String(n).padStart(8)} ${outcome}`);
  }
  console.log(`minimum memory in each 15 seconds: ${minimumMemory.map((mb) => mb.toFixed(0)).join(" ")} MB`);
  if (growth !== undefined) console.log(`✗ memory growth: ${growth}`);
  console.log(
    `${inputs} inputs in ${seconds.toFixed(0)} s (${(inputs / seconds).toFixed(0)} per second), ${findings.length} findings`,
  );
}

const options = program.parse().opts<Options>();
await setup();
await (options.replay ? replay(options.replay) : run(options));
