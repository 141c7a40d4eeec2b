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

/** What one painterly picture cost. CPU times are user and system, in seconds; memory in MiB. */
export interface PainterlyCost {
  cpu: number;
  /** Of it in `session.run`, all sessions together. */
  runs: number;
  /** A bare projection of the same size, beside it: the median of {@link PROJECTIONS}. */
  projection: number;
  wall: number;
  peakRss: number;
  /** Resident memory in the last fifth of the steps over that in the second fifth, means. */
  growth: number;
}

/** One alone, of a machine that does other things too, says 1.5 s or 2.0. */
const PROJECTIONS = 3;

/** Counts the time that is spent in the runtime, wherever in the product a session is run. */
function countRuns(): { seconds: number } {
  const counted = { seconds: 0 };
  const create = InferenceSession.create.bind(InferenceSession) as (...of: unknown[]) => Promise<InferenceSession>;
  InferenceSession.create = async (...of: unknown[]) => {
    const session = await create(...of);
    const run = session.run.bind(session) as (...of: unknown[]) => Promise<InferenceSession.ReturnType>;
    session.run = async (...feeds: unknown[]) => {
      const start = process.cpuUsage();
      const result = await run(...feeds);
      counted.seconds += seconds(start);
      return result;
    };
    return session;
  };
  return counted;
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
  const runs = countRuns();
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

  // The floor beside it: nothing but the matching, of the same sizes.
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

// In a process of its own, whose memory is nothing else's.
if (import.meta.main) console.log(JSON.stringify(await paint(Number(process.argv[2]))));
