import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Client, PictureFile } from "../client.ts";
import { openProgress } from "../progress.ts";
import { ROOT } from "../state.ts";
import { watchJob } from "../watch-job.ts";
import { milliseconds, type Story } from "./story.ts";

const PHOTOGRAPH = resolve(ROOT, "test/fixtures/photos/people/eileen-collins/1.png");
/** A short job: enough to see the painting's hand in it. */
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

/** Paints one portrait in each style at once, then optimises one, watching it; the pictures go to `out`. */
export async function tellOfPainting(api: Client, out: string, story: Story): Promise<void> {
  const { styles } = await api.request<{ styles: Style[] }>(STYLES);
  console.log("\nPainted at once, in every style there is");
  for (const style of styles) await paint(api, style, out, story);
  await optimise(api, out, story);
}

async function paint(api: Client, { id, name, origin }: Style, out: string, story: Story): Promise<void> {
  const start = performance.now();
  const { stylize } = await api.request<{ stylize: Stylized }>(STYLIZE, {
    image: new PictureFile(PHOTOGRAPH),
    style: id,
  });
  if (stylize.__typename !== "Stylized") {
    console.log(`  ${name.padEnd(20)} ${stylize.message}${story.check(false, `${name}: ${stylize.message}`)}`);
    return;
  }
  const time = milliseconds(stylize.millis, start);
  const kilobytes = await download(stylize.image.url, resolve(out, `${name}.jpg`));
  const { width, height } = stylize.image;
  console.log(`  ${name.padEnd(20)} ${width}×${height}  ${kilobytes} kB  ${time.padStart(7)}  after ${origin}`);
}

async function optimise(api: Client, out: string, story: Story): Promise<void> {
  console.log(
    `\nOptimised by Gatys' recipe, from the photograph in the painting's colours: ${JOB.steps} steps of ${JOB.maxSide} pixels in the job service`,
  );
  const { optimizeStyle } = await api.request<{
    optimizeStyle: { __typename: string; job: { id: string }; message?: string };
  }>(OPTIMIZE, { image: new PictureFile(PHOTOGRAPH), ...JOB });
  if (optimizeStyle.__typename !== "JobStarted") {
    story.check(false, `optimizeStyle: ${optimizeStyle.message}`);
    return;
  }
  const progress = openProgress("optimising");
  let begun = false;
  let state = "";
  for await (const job of watchJob(api, optimizeStyle.job.id)) {
    if (job.steps > 0 && !begun) progress.start(job.steps, job.step);
    begun ||= job.steps > 0;
    if (begun && job.step > 0) progress.step(job.step, job.losses.at(-1)?.total ?? Number.NaN);
    if (job.state !== state) console.log(`  ${job.state}`);
    state = job.state;
    if (!job.finishedAt) continue;
    progress.stop();
    story.check(job.state === "SUCCEEDED", `the job ended ${job.state}: ${job.error ?? ""}`);
    const [first, last] = [job.losses.at(0), job.losses.at(-1)];
    if (first && last) {
      console.log(`  J ${first.total.toPrecision(3)} → ${last.total.toPrecision(3)} on ${job.provider}`);
      story.check(last.total < first.total, "the loss did not fall");
    }
    if (job.result) await download(job.result.url, resolve(out, "optimised.jpg"));
  }
}

/** Fetches a stored picture by its address, which needs no key; its size in kB. */
async function download(url: string, file: string): Promise<number> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`The picture's address answered ${answer.status}.`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  await writeFile(file, bytes);
  return Math.round(bytes.length / 1000);
}
