import { join, resolve } from "node:path";
import { DivergedError } from "../container/engine/diverged.ts";
import type { TrainJob } from "../container/jobs/train.ts";
import { startJob } from "../container/jobs.ts";
import { DEFAULT_SETTINGS } from "../container/style-net/defaults.ts";
import type { Manifest } from "../container/style-net/manifest.ts";
import { FEATURE_NETS } from "../models/feature-nets.ts";
import { sha256 } from "../models/importer/files.ts";
import { endBy, interruptible, withCheckpoint } from "./ending.ts";
import { decoded, readWhole } from "./pictures.ts";
import { openProgress } from "./progress.ts";
import { Refusal } from "./refusal.ts";
import { setup } from "./setup.ts";
import { ROOT } from "./state.ts";
import { makeFolder, readEarlier } from "./training/earlier.ts";
import { writeResult } from "./training/files.ts";
import { type Keeper, openKeeper } from "./training/keeper.ts";
import { command, type Options } from "./training/options.ts";
import { photographsIn } from "./training/photographs.ts";

/** A painting with a shorter side has no strokes to learn. */
const LEAST_PAINTING = 32;
/** Milliseconds for the step that a Ctrl-C comes in: of many large crops on a busy machine it takes that long. */
const PATIENCE = 120_000;

const program = command().parse();
try {
  await trainStyle(program.opts<Options>(), interruptible());
} catch (error) {
  endBy(error, program);
}

async function trainStyle(options: Options, signal: AbortSignal): Promise<void> {
  const duration = durationOf(options);
  const out = resolve(options.out);
  await makeFolder(out);
  const painting = await readPainting(options.style);
  const photographs = await photographsIn(options.photos, options, console.error);
  const settings = settingsOf(options);
  const asked = {
    painting: painting.sha256,
    photographs: photographs.sha256,
    settings: { ...settings, ...("steps" in duration && duration) },
  };
  const resume = await readEarlier(out, asked, options);
  signal.throwIfAborted();

  await setup();
  const keeper = openKeeper(out, resume);
  const request: TrainJob = {
    network: join(ROOT, "models/build", FEATURE_NETS[0]!.file),
    painting: { raster: painting.raster, sha256: painting.sha256 },
    photographs,
    settings,
    duration,
    previewEvery: options.previewEvery,
    ...(resume && { resume }),
  };
  const { result } = await run(request, keeper, signal).catch(async (error) => {
    // From there the same command would come to the same loss.
    const goOn = error instanceof DivergedError ? "the last good one." : "the same command goes on from there.";
    throw withCheckpoint(error, await keeper.written(), { path: keeper.path, goOn });
  });
  await keeper.written();
  const manifest = await writeResult(out, result, painting, options);
  const { losses } = result;
  console.log(
    options.json ? JSON.stringify({ ...manifest, seconds: process.uptime(), losses }) : described(manifest, out),
  );
}

function durationOf({ steps, minutes }: Options): TrainJob["duration"] {
  if (steps !== undefined && minutes === undefined) return { steps };
  if (minutes !== undefined && steps === undefined) return { minutes };
  throw new Refusal("Say how long: either --steps or --minutes.");
}

async function readPainting(path: string) {
  const bytes = await readWhole(path);
  const raster = await decoded(path, bytes);
  if (Math.min(raster.width, raster.height) < LEAST_PAINTING)
    throw new Refusal(
      `${path}: it is ${raster.width}×${raster.height}. Use a painting of at least ${LEAST_PAINTING} pixels on each side.`,
    );
  return { bytes, raster, sha256: sha256(bytes) };
}

async function run(job: TrainJob, keeper: Keeper, signal: AbortSignal) {
  const progress = openProgress("training");
  let step = job.resume?.state.step ?? 0;
  try {
    return await startJob("train", job, {
      signal,
      cancelTimeoutMs: PATIENCE,
      onReport(report) {
        switch (report.kind) {
          case "started":
            progress.start(report.steps, step);
            break;
          case "phase":
            progress.phase(report.phase);
            break;
          case "progress":
            step = report.losses.step;
            progress.step(step, report.losses.loss);
            break;
          case "preview":
            keeper.preview(report.step, report.name, report.picture);
            break;
          case "checkpoint":
            keeper.checkpoint(report.state);
            break;
          default:
            report satisfies never;
        }
      },
    });
  } finally {
    progress.stop();
  }
}

function settingsOf({ size, batch, seed, strokes, grain, learningRate, ...options }: Options): TrainJob["settings"] {
  const { contentWeight: content, toneWeight: tone, patchWeight: patches } = options;
  const weights = { ...DEFAULT_SETTINGS.weights, content, tone, patches };
  return { ...DEFAULT_SETTINGS, weights, size, batch, seed, strokes, grain, learningRate };
}

function described({ psnr, net, training }: Manifest, out: string): string {
  const { first, last } = training.losses;
  return [
    `${training.settings.steps} steps: loss ${first.loss.toPrecision(3)} → ${last.loss.toPrecision(3)}, style ${first.style.toPrecision(3)} → ${last.style.toPrecision(3)}`,
    `${join(out, net.file)}: ${net.bytes} bytes; ${psnr.quantized.toFixed(1)} dB from the net that was trained, in float32 ${psnr.float.toFixed(1)} dB`,
    `Paint with it: npm run restyle -- --net ${join(out, net.file)} --content photo.jpg --out painted.png`,
  ].join("\n");
}
