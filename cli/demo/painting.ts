import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Client, PictureFile } from "../client.ts";
import { openProgress } from "../progress.ts";
import { ROOT } from "../state.ts";
import { watchJob } from "../watch-job.ts";
import { type Expectations, milliseconds } from "./expectations.ts";

const PHOTOGRAPH = resolve(ROOT, "test/fixtures/photos/people/eileen-collins/1.png");
/** A short job, long enough that the style is visible. */
const JOB = { style: "starry-night", steps: 150, maxSide: 320 };

const STYLES = /* GraphQL */ `
  query Styles { styles { id name origin } }`;
const STYLIZE = /* GraphQL */ `
  mutation Stylize($image: Upload!, $style: ID!) {
    stylize(input: { image: { upload: $image }, styleId: $style }) {
      __typename
      ... on Stylized { image { url width height } millis }
      ... on Problem { message }
    }
  }`;
const OPTIMIZE = /* GraphQL */ `
  mutation Optimize($image: Upload!, $style: ID!, $steps: Int!, $maxSide: Int!) {
    optimizeStyle(
      input: { content: { upload: $image }, styles: [{ source: { styleId: $style } }], recipe: GATYS, steps: $steps, maxSide: $maxSide }
    ) {
      __typename
      ... on JobStarted { job { id } }
      ... on Problem { message }
    }
  }`;

interface Style {
  id: string;
  name: string;
  origin: string;
}
interface Stylized {
  __typename: string;
  image: { url: string; width: number; height: number };
  millis: number | null;
  message?: string;
}

/** Paints a portrait in every style in one pass, then runs one optimization job and watches it. Writes the pictures to `out`. */
export async function demonstratePainting(api: Client, out: string, expectations: Expectations): Promise<void> {
  const { styles } = await api.request<{ styles: Style[] }>(STYLES);
  console.log("\nOne-pass stylization: a portrait in every style");
  for (const style of styles) await paint(api, style, out, expectations);
  await optimise(api, out, expectations);
}

async function paint(api: Client, { id, name, origin }: Style, out: string, expectations: Expectations): Promise<void> {
  const start = performance.now();
  const { stylize } = await api.request<{ stylize: Stylized }>(STYLIZE, {
    image: new PictureFile(PHOTOGRAPH),
    style: id,
  });
  if (stylize.__typename !== "Stylized") {
    console.log(`  ${name.padEnd(20)} ${stylize.message}${expectations.check(false, `${name}: ${stylize.message}`)}`);
    return;
  }
  const time = milliseconds(stylize.millis, start);
  const kilobytes = await download(stylize.image.url, resolve(out, `${name}.jpg`));
  const { width, height } = stylize.image;
  console.log(`  ${name.padEnd(20)} ${width}×${height}  ${kilobytes} kB  ${time.padStart(7)}  after ${origin}`);
}

async function optimise(api: Client, out: string, expectations: Expectations): Promise<void> {
  console.log(
    `\nOptimization job in the job service: recipe gatys, ${JOB.steps} steps at ${JOB.maxSide} pixels, starting from the photograph in the painting's colors`,
  );
  const { optimizeStyle } = await api.request<{
    optimizeStyle: { __typename: string; job: { id: string }; message?: string };
  }>(OPTIMIZE, { image: new PictureFile(PHOTOGRAPH), ...JOB });
  if (optimizeStyle.__typename !== "JobStarted") {
    expectations.check(false, `optimizeStyle: ${optimizeStyle.message}`);
    return;
  }
  const progress = openProgress("optimizing");
  let hasStarted = false;
  let state = "";
  for await (const job of watchJob(api, optimizeStyle.job.id)) {
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
    if (job.result) await download(job.result.url, resolve(out, "optimised.jpg"));
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
