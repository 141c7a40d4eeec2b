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

/** `npm run bench`: where the README's figures of speed and memory come from. */
const options = new Command("npm run bench --")
  .description("Measures the real Worker, each figure beside its floor, side by side in one run (about eight minutes).")
  .option("--style", "measure the style workshop instead, each figure beside its floor (about four minutes)")
  .option("--only <text>", 'only the parts whose name contains this, such as "API" or "memory"', "")
  .option("--json", "print the rows as JSON")
  .option("--port <number>", "the first of three ports to use on 127.0.0.1", "8890")
  .parse()
  .opts<{ style?: boolean; only: string; json?: boolean; port: string }>();

/** What is measured, and how. */
type Part = [string, () => Promise<Row[]>];

const say = (what: string) => process.stderr.write(`${what} …\n`);

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
  const at = { port: Number(options.port), scratch, pictures };
  const rows: Row[] = [];
  const style: Part[] = [
    ["engine", engine],
    ["feed-forward net", feedForward],
    ["projection beside the textbook's", projectionRows],
    ["painterly pictures", painterly],
  ];
  const worker: Part[] = [
    ["bundle size", bundleSize],
    ["first answer of a fresh process", () => firstAnswer(at)],
    ["search kernel beside usearch", search],
    ["the API, warm", () => benchApi(at)],
    ["stylization, warm", () => stylization(at)],
    ["jobs", () => jobs(at)],
    ["memory", () => memory(at)],
    ["memory of stylization", () => stylizationMemory(at)],
  ];
  for (const [what, measure] of options.style ? style : worker) {
    if (!what.includes(options.only)) continue;
    say(what);
    rows.push(...(await measure()));
  }
  if (options.json) console.log(JSON.stringify(rows, null, 1));
  else print(rows);
  if (rows.some(({ pass }) => pass === false)) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function print(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, value, unit, target, pass, note } of rows) {
    const verdict = pass === null ? " " : pass ? "✓" : "✗";
    console.log(
      `${verdict} ${name.padEnd(width)}  ${String(value).padStart(9)} ${unit.padEnd(6)} ${target.padEnd(8)} ${note ?? ""}`,
    );
  }
}
