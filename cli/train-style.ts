import { join, resolve } from "node:path";
import { DivergedError } from "../container/engine/diverged.ts";
import type { TrainJob } from "../container/jobs/train.ts";
import { startJob } from "../container/jobs.ts";
import { DEFAULT_SETTINGS } from "../container/style-net/defaults.ts";
import type { Manifest } from "../container/style-net/manifest.ts";
import { FEATURE_NETS } from "../models/feature-nets.ts";
import { sha256 } from "../models/importer/files.ts";
import { addCheckpointHint, exitWithError, interruptSignal } from "./exit.ts";
import { decoded, readBytes } from "./pictures.ts";
import { openProgress } from "./progress.ts";
import { setup } from "./setup.ts";
import { ROOT } from "./state.ts";
import { writeResult } from "./training/files.ts";
import { command, type TrainingOptions } from "./training/options.ts";
import { loadPhotographs } from "./training/photographs.ts";
import { openProgressWriter, type ProgressWriter } from "./training/progress-writer.ts";
import { makeFolder, readResumeCheckpoint } from "./training/resume.ts";
import { UserError } from "./user-error.ts";

/** Minimum side of a painting, in pixels. A smaller one has no strokes to learn. */
const MIN_PAINTING_SIDE = 32;
/** How long Ctrl-C waits for the current step, which can take this long with many large crops on a busy machine. */
const GRACE_PERIOD_MS = 120_000;

const program = command().parse();
try {
  await trainStyle(program.opts<TrainingOptions>(), interruptSignal());
} catch (error) {
  exitWithError(error, program);
}

async function trainStyle(options: TrainingOptions, signal: AbortSignal): Promise<void> {
  const duration = durationOf(options);
  const out = resolve(options.out);
  await makeFolder(out);
  const painting = await readPainting(options.style);
  const photographs = await loadPhotographs(options.photos, options, console.error);
  const settings = settingsOf(options);
  const requested = {
    painting: painting.sha256,
    photographs: photographs.sha256,
    settings: { ...settings, ...("steps" in duration && duration) },
  };
  const resume = await readResumeCheckpoint(out, requested, options);
  signal.throwIfAborted();

  await setup();
  const writer = openProgressWriter(out, resume);
  const request: TrainJob = {
    network: join(ROOT, "models/build", FEATURE_NETS[0]!.file),
    painting: { raster: painting.raster, sha256: painting.sha256 },
    photographs,
    settings,
    duration,
    previewEvery: options.previewEvery,
    ...(resume && { resume }),
  };
  const { result } = await run(request, writer, signal).catch(async (error) => {
    // Resuming with the same command would diverge again.
    const resumeHint =
      error instanceof DivergedError ? "It is the last good step." : "To continue from there, run the same command.";
    throw addCheckpointHint(error, await writer.flush(), { path: writer.path, resumeHint });
  });
  await writer.flush();
  const manifest = await writeResult(out, result, painting, options);
  const { losses } = result;
  console.log(
    options.json ? JSON.stringify({ ...manifest, seconds: process.uptime(), losses }) : summaryText(manifest, out),
  );
}

function durationOf({ steps, minutes }: TrainingOptions): TrainJob["duration"] {
  if (steps !== undefined && minutes === undefined) return { steps };
  if (minutes !== undefined && steps === undefined) return { minutes };
  throw new UserError("Give the length of the training: either --steps or --minutes.");
}

async function readPainting(path: string) {
  const bytes = await readBytes(path);
  const raster = await decoded(path, bytes);
  if (Math.min(raster.width, raster.height) < MIN_PAINTING_SIDE)
    throw new UserError(
      `${path}: it is ${raster.width}×${raster.height}. Use a painting of at least ${MIN_PAINTING_SIDE} pixels on each side.`,
    );
  return { bytes, raster, sha256: sha256(bytes) };
}

async function run(job: TrainJob, writer: ProgressWriter, signal: AbortSignal) {
  const progress = openProgress("training");
  let step = job.resume?.state.step ?? 0;
  try {
    return await startJob("train", job, {
      signal,
      cancelTimeoutMs: GRACE_PERIOD_MS,
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
            writer.preview(report.step, report.name, report.picture);
            break;
          case "checkpoint":
            writer.checkpoint(report.state);
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

function settingsOf({
  size,
  batch,
  seed,
  strokes,
  grain,
  learningRate,
  ...options
}: TrainingOptions): TrainJob["settings"] {
  const { contentWeight: content, toneWeight: tone, patchWeight: patches } = options;
  const weights = { ...DEFAULT_SETTINGS.weights, content, tone, patches };
  return { ...DEFAULT_SETTINGS, weights, size, batch, seed, strokes, grain, learningRate };
}

function summaryText({ psnr, net, training }: Manifest, out: string): string {
  const { first, last } = training.losses;
  return [
    `${training.settings.steps} steps: loss ${first.loss.toPrecision(3)} → ${last.loss.toPrecision(3)}, style ${first.style.toPrecision(3)} → ${last.style.toPrecision(3)}`,
    `${join(out, net.file)}: ${net.bytes} bytes; ${psnr.quantized.toFixed(1)} dB PSNR from the trained net (float32: ${psnr.float.toFixed(1)} dB)`,
    `Paint with it: npm run restyle -- --net ${join(out, net.file)} --content photo.jpg --out painted.png`,
  ].join("\n");
}
