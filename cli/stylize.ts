import { existsSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { StylizeJob } from "../container/jobs/stylize.ts";
import { JobFailedError, startJob } from "../container/jobs.ts";
import type { Losses } from "../container/style/optimize.ts";
import type { Picture } from "../imaging/picture.ts";
import { FEATURE_NETS } from "../models/feature-nets.ts";
import { addCheckpointHint, exitWithError, interruptSignal } from "./exit.ts";
import { findFaces } from "./faces.ts";
import { assertWritable, isDevice, writeAtomically } from "./output.ts";
import { formatOf, writePicture } from "./pictures.ts";
import { openProgress } from "./progress.ts";
import { setup } from "./setup.ts";
import { ROOT } from "./state.ts";
import { type Checkpoint, readCheckpoint, removeCheckpoint } from "./stylization/checkpoint.ts";
import { type CheckpointSaver, openCheckpointSaver } from "./stylization/checkpoint-saver.ts";
import { readInputs } from "./stylization/inputs.ts";
import { command, type StylizeOptions } from "./stylization/options.ts";
import { summaryOf, summaryText } from "./stylization/summary.ts";
import { toUserError, UserError } from "./user-error.ts";

const program = command().parse();
try {
  await paint(program.opts<StylizeOptions>(), interruptSignal());
} catch (error) {
  if (error instanceof JobFailedError && error.reason === "UnknownLayerError")
    error.message += " Select layers with --content-layer and --style-layers.";
  exitWithError(error, program);
}

async function paint(options: StylizeOptions, signal: AbortSignal): Promise<void> {
  await assertOutputsWritable(options);
  const { settings, content, photograph, paintings } = await readInputs(options);
  const checkpointPath = (await isDevice(options.out)) ? undefined : `${options.out}.checkpoint`;
  const earlier = options.resume && checkpointPath ? await readCheckpoint(checkpointPath, settings) : undefined;
  if (options.resume && !earlier) console.error("There is no checkpoint to resume from. Starting from the beginning.");
  if (!options.resume && checkpointPath && existsSync(checkpointPath))
    console.error(`${checkpointPath} is the checkpoint of an interrupted run. To continue that run, use --resume.`);
  signal.throwIfAborted();

  await setup();
  signal.throwIfAborted();
  const faces = options.faces ? await findFaces(photograph, content.width) : [];
  signal.throwIfAborted();

  const saver = openCheckpointSaver(checkpointPath, settings, { earlier, warn: console.error });
  const request = requestOf(options, { content, paintings, faces, earlier });
  const failWithCheckpoint = async (error: unknown) => {
    throw addCheckpointHint(error, await saver.save(), {
      path: checkpointPath,
      resumeHint: "To continue from there, add --resume.",
    });
  };
  const { result, usage } = await run(request, options, saver, signal).catch(failWithCheckpoint);
  await writePicture(options.out, result.picture).catch(failWithCheckpoint);
  if (checkpointPath) await removeCheckpoint(checkpointPath);
  if (options.curve) await drawCurve(options.curve, basename(options.out), saver.losses);
  const seconds = process.uptime();
  const summary = summaryOf(options, { result, usage, losses: saver.losses, faces, seconds });
  console.log(options.json ? JSON.stringify(summary) : summaryText(options, summary));
}

async function drawCurve(path: string, title: string, steps: readonly Losses[]): Promise<void> {
  // Imported only if needed, because its packages take longer to load than all others together.
  const { lossCurve } = await import("./loss-curve.ts");
  const points = steps.map(({ step, ...losses }) => ({ step, losses }));
  await writeAtomically(path, await lossCurve(title, points));
}

/** Checks all output paths before painting starts. */
async function assertOutputsWritable({ out, preview, curve, content, style }: StylizeOptions): Promise<void> {
  await assertWritable(out);
  await formatOf(out);
  if (curve) await assertWritable(curve);
  const outPath = await realpath(out).catch(() => undefined);
  for (const path of [content, ...style.map((one) => one.path)])
    if (outPath !== undefined && (await realpath(path).catch(() => undefined)) === outPath)
      throw new UserError(`${out}: it would overwrite the input ${path}. Choose another --out.`);
  if (preview) {
    const file = await isPictureFile(preview);
    if (!file)
      await mkdir(preview, { recursive: true }).catch((error) => {
        throw toUserError(preview, error);
      });
    await assertWritable(file ? preview : join(preview, "step-1.png"));
  }
}

function isPictureFile(path: string): Promise<boolean> {
  return formatOf(path).then(
    () => true,
    () => false,
  );
}

function requestOf(
  options: StylizeOptions,
  { earlier, ...pictures }: Pick<StylizeJob, "content" | "paintings" | "faces"> & { earlier: Checkpoint | undefined },
): StylizeJob {
  const { network, preview, previewEvery, ...rest } = options;
  const { content: _, style, out, size, faces, curve, resume, json, ...request } = rest;
  return {
    ...request,
    ...pictures,
    network: network ? resolve(network) : join(ROOT, "models/build", FEATURE_NETS[0]!.file),
    ...(preview && { previewEvery }),
    ...(earlier && { resume: { step: earlier.step, picture: earlier.picture } }),
  };
}

async function run(request: StylizeJob, { preview }: StylizeOptions, saver: CheckpointSaver, signal: AbortSignal) {
  const progress = openProgress("painting");
  let started = false;
  let previewWrites: Promise<unknown> = Promise.resolve();
  try {
    const done = await startJob("stylize", request, {
      signal,
      onReport(report) {
        switch (report.kind) {
          case "started":
            if (!started) progress.start(report.steps, request.resume?.step ?? 0);
            started = true;
            break;
          case "phase":
            progress.phase(report.phase);
            break;
          case "progress":
            saver.step(report.losses);
            progress.step(report.losses.step, report.losses.loss);
            break;
          case "preview":
            previewWrites = previewWrites.then(() => writePreview(preview!, report.step, report.picture));
            break;
          case "checkpoint":
            saver.checkpoint(report.step, report.state);
            break;
          default:
            report satisfies never;
        }
      },
    });
    await previewWrites;
    return done;
  } finally {
    progress.stop();
  }
}

/** Writes a preview. If it cannot be written, prints a warning and continues. */
async function writePreview(path: string, step: number, picture: Picture): Promise<void> {
  const file = (await isPictureFile(path)) ? path : join(path, `step-${String(step).padStart(4, "0")}.png`);
  await writePicture(file, picture).catch((error) => console.error(String(error.message ?? error)));
}
