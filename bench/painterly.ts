import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readPicture } from "../cli/pictures.ts";
import { ROOT } from "../cli/state.ts";
import { importNet } from "../container/engine/import.ts";
import { InferenceSession } from "../container/engine/onnxruntime.ts";
import { stylize } from "../container/style/stylize.ts";
import { reflectPad } from "../imaging/border.ts";
import { prepared, sideBySide } from "../imaging/paintings.ts";
import { projectOnto } from "../imaging/projection.ts";
import { resize } from "../imaging/resize.ts";
import { median } from "./measure.ts";

/** Cost of one painterly picture. CPU times are user plus system time in seconds, memory is in MiB. */
export interface PainterlyCost {
  cpu: number;
  /** The part of `cpu` in `session.run` of all sessions. */
  runs: number;
  /** CPU time of a projection alone, of the same size: the median of {@link PROJECTIONS} runs. */
  projection: number;
  wall: number;
  peakRss: number;
  /** Mean resident memory in the last fifth of the steps divided by that in the second fifth. */
  growth: number;
}

/** On a machine that also does other work, a single run takes 1.5 s or 2.0 s. */
const PROJECTIONS = 3;

/** Measures the CPU time of all `session.run` calls in the product. */
function measureRuns(): { seconds: number } {
  const measured = { seconds: 0 };
  const create = InferenceSession.create.bind(InferenceSession) as (...of: unknown[]) => Promise<InferenceSession>;
  InferenceSession.create = async (...of: unknown[]) => {
    const session = await create(...of);
    const run = session.run.bind(session) as (...of: unknown[]) => Promise<InferenceSession.ReturnType>;
    session.run = async (...feeds: unknown[]) => {
      const start = process.cpuUsage();
      const result = await run(...feeds);
      measured.seconds += seconds(start);
      return result;
    };
    return session;
  };
  return measured;
}

const seconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

async function paint(side: number): Promise<PainterlyCost> {
  const photo = await readPicture(resolve(ROOT, "test/fixtures/photos/people/eileen-collins/1.png"));
  const content = resize(photo, side, side);
  const painting = await readPicture(resolve(ROOT, "models/styles/starry-night/painting.jpg"));
  const net = importNet(readFileSync(resolve(ROOT, "models/build/features.onnx")));
  const runs = measureRuns();
  const rss: number[] = [];
  const start = process.cpuUsage();
  const begun = performance.now();
  const paintings = [{ picture: painting, weight: 1 }];
  const { picture } = await stylize(
    net,
    { content, paintings, recipe: "painterly", seed: 1 },
    { onStep: () => void rss.push(process.memoryUsage.rss()) },
  );
  const cpu = seconds(start);
  const wall = (performance.now() - begun) / 1000;
  const peakRss = process.resourceUsage().maxRSS / 1024;

  // The lower bound: the projection alone, with the same sizes.
  const patches = sideBySide(prepared(paintings, side));
  const query = reflectPad(picture, 8);
  const projections = Array.from({ length: PROJECTIONS }, () => {
    const bare = process.cpuUsage();
    projectOnto(query, patches, { sigma: 0.25 });
    return seconds(bare);
  });
  const fifth = Math.floor(rss.length / 5);
  return {
    cpu,
    runs: runs.seconds,
    projection: median(projections),
    wall,
    peakRss,
    growth: mean(rss.slice(-fifth)) / mean(rss.slice(fifth, 2 * fifth)),
  };
}

// Runs in a separate process, so that its memory contains nothing else.
if (import.meta.main) console.log(JSON.stringify(await paint(Number(process.argv[2]))));
