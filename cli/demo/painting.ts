import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { optimizeStyle, type SemblanceClient, type Style, styles, stylize, watchJob } from "../../client/src/index.ts";
import { fromPath } from "../../client/src/node.ts";
import { openProgress } from "../progress.ts";
import { ROOT } from "../state.ts";
import { type Expectations, milliseconds } from "./expectations.ts";

const PHOTOGRAPH = resolve(ROOT, "test/fixtures/photos/people/eileen-collins/1.png");
/** A short job, long enough that the style is visible. */
const JOB = { style: "starry-night", steps: 150, maxSide: 320 };

/** Paints a portrait in every style in one pass, then runs one optimization job and watches it. Writes the pictures to `out`. */
export async function demonstratePainting(
  client: SemblanceClient,
  out: string,
  expectations: Expectations,
): Promise<void> {
  console.log("\nOne-pass stylization: a portrait in every style");
  for (const style of await styles(client)) await paint(client, style, out, expectations);
  await optimize(client, out, expectations);
}

async function paint(
  client: SemblanceClient,
  { id, name, origin }: Style,
  out: string,
  expectations: Expectations,
): Promise<void> {
  const start = performance.now();
  const painted = await stylize(client, { image: await fromPath(PHOTOGRAPH), styleId: id });
  if (painted.__typename !== "Stylized") {
    console.log(`  ${name.padEnd(20)} ${painted.message}${expectations.check(false, `${name}: ${painted.message}`)}`);
    return;
  }
  const time = milliseconds(painted.millis, start);
  const { url, width, height } = painted.image;
  const kilobytes = await download(url, resolve(out, `${name}.jpg`));
  console.log(`  ${name.padEnd(20)} ${width}×${height}  ${kilobytes} kB  ${time.padStart(7)}  after ${origin}`);
}

async function optimize(client: SemblanceClient, out: string, expectations: Expectations): Promise<void> {
  const { style, steps, maxSide } = JOB;
  console.log(
    `\nOptimization job in the job service: recipe gatys, ${steps} steps at ${maxSide} pixels, starting from the photograph in the painting's colors`,
  );
  const content = await fromPath(PHOTOGRAPH);
  const styles = [{ source: { styleId: style } }];
  const started = await optimizeStyle(client, { content, styles, recipe: "GATYS", steps, maxSide });
  if (started.__typename !== "JobStarted") {
    expectations.check(false, `optimizeStyle: ${started.message}`);
    return;
  }
  const progress = openProgress("optimizing");
  let hasStarted = false;
  let state = "";
  for await (const job of watchJob(client, started.job.id)) {
    if (job.steps > 0 && !hasStarted) progress.start(job.steps, job.step);
    hasStarted ||= job.steps > 0;
    if (hasStarted && job.step > 0) progress.step(job.step, job.losses.at(-1)?.total ?? Number.NaN);
    if (job.state !== state) console.log(`  ${job.state}`);
    state = job.state;
    if (!job.finishedAt) continue;
    progress.stop();
    expectations.check(job.state === "SUCCEEDED", `the job ended as ${job.state}: ${job.error ?? ""}`);
    const [first, last] = [job.losses.at(0), job.losses.at(-1)];
    if (first && last) {
      console.log(`  loss ${first.total.toPrecision(3)} → ${last.total.toPrecision(3)} on ${job.provider}`);
      expectations.check(last.total < first.total, "the loss did not decrease");
    }
    if (job.result) await download(job.result.url, resolve(out, "optimized.jpg"));
  }
}

/** Downloads a stored picture from its signed URL, which needs no API key. Returns its size in kB. */
async function download(url: string, file: string): Promise<number> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`The download of ${url} failed with status ${answer.status}.`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  await writeFile(file, bytes);
  return Math.round(bytes.length / 1000);
}
