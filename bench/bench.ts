import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { Command } from "commander";
import { setup } from "../cli/setup.ts";
import { benchApi } from "./api.ts";
import { bundleSize } from "./bundle.ts";
import { firstAnswer } from "./first-answer.ts";
import { jobs } from "./jobs.ts";
import type { Row } from "./measure.ts";
import { memory } from "./memory.ts";
import { phonePhoto, portraitJpeg, squareJpeg } from "./pictures.ts";
import { projectionRows } from "./projection.ts";
import { search } from "./search.ts";
import { engine, feedForward, painterly } from "./style.ts";
import { stylization, stylizationMemory } from "./stylization.ts";

/** `npm run bench`: measures the README's figures of speed and memory. */
const options = new Command("npm run bench --")
  .description(
    "Measures the real Worker and compares each figure with a lower bound that is measured in the same run (about eight minutes).",
  )
  .option("--style", "measure style transfer instead (about four minutes)")
  .option("--only <text>", 'run only the parts whose name contains this text, such as "API" or "memory"', "")
  .option("--json", "print the results as JSON")
  .option("--port <number>", "the first of three ports to use on 127.0.0.1", "8890")
  .parse()
  .opts<{ style?: boolean; only: string; json?: boolean; port: string }>();

/** Name of a part, and the function that measures it. */
type Part = [string, () => Promise<Row[]>];

const logProgress = (part: string) => process.stderr.write(`${part} …\n`);

await setup();
const scratch = mkdtempSync(resolve(tmpdir(), "semblance-bench-"));
const pictures = {
  portrait: resolve(scratch, "portrait.jpg"),
  square: resolve(scratch, "square.jpg"),
  phone: resolve(scratch, "phone.jpg"),
};
try {
  writeFileSync(pictures.portrait, await portraitJpeg());
  writeFileSync(pictures.square, await squareJpeg());
  writeFileSync(pictures.phone, await phonePhoto());
  const benchSetup = { port: Number(options.port), scratch, pictures };
  const rows: Row[] = [];
  const styleParts: Part[] = [
    ["engine", engine],
    ["feed-forward net", feedForward],
    ["projection compared with the textbook", projectionRows],
    ["painterly pictures", painterly],
  ];
  const workerParts: Part[] = [
    ["bundle size", bundleSize],
    ["first answer of a fresh process", () => firstAnswer(benchSetup)],
    ["search kernel compared with usearch", search],
    ["the API, warm", () => benchApi(benchSetup)],
    ["stylization, warm", () => stylization(benchSetup)],
    ["jobs", () => jobs(benchSetup)],
    ["memory", () => memory(benchSetup)],
    ["memory of stylization", () => stylizationMemory(benchSetup)],
  ];
  for (const [what, measure] of options.style ? styleParts : workerParts) {
    if (!what.includes(options.only)) continue;
    logProgress(what);
    rows.push(...(await measure()));
  }
  if (options.json) console.log(JSON.stringify(rows, null, 1));
  else printRows(rows);
  if (rows.some(({ pass }) => pass === false)) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function printRows(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, value, unit, target, pass, note } of rows) {
    const verdict = pass === null ? " " : pass ? "✓" : "✗";
    console.log(
      `${verdict} ${name.padEnd(width)}  ${String(value).padStart(9)} ${unit.padEnd(6)} ${target.padEnd(8)} ${note ?? ""}`,
    );
  }
}
