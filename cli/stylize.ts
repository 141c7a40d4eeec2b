import { existsSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { StylizeJob } from "../container/jobs/stylize.ts";
import { JobFailedError, startJob } from "../container/jobs.ts";
import type { Losses } from "../container/style/optimise.ts";
import type { Picture } from "../imaging/picture.ts";
import { FEATURE_NETS } from "../models/feature-nets.ts";
import { endBy, interruptible, withCheckpoint } from "./ending.ts";
import { facesIn } from "./faces.ts";
import { isDevice, refuseUnwritable, writeWhole } from "./output.ts";
import { formatOf, writePicture } from "./pictures.ts";
import { openProgress } from "./progress.ts";
import { Refusal, refusalOf } from "./refusal.ts";
import { setup } from "./setup.ts";
import { ROOT } from "./state.ts";
import { type Checkpoint, readCheckpoint, removeCheckpoint } from "./stylization/checkpoint.ts";
import { readInputs } from "./stylization/inputs.ts";
import { type Keeper, openKeeper } from "./stylization/keeper.ts";
import { command, type Options } from "./stylization/options.ts";
import { described, summaryOf } from "./stylization/summary.ts";

const program = command().parse();
try {
  await paint(program.opts<Options>(), interruptible());
} catch (error) {
  if (error instanceof JobFailedError && error.reason === "UnknownLayerError")
    error.message += " Choose among them with --content-layer and --style-layers.";
  endBy(error, program);
}

async function paint(options: Options, signal: AbortSignal): Promise<void> {
  await refuseOutputs(options);
  const { settings, content, photograph, paintings } = await readInputs(options);
  const checkpointPath = (await isDevice(options.out)) ? undefined : `${options.out}.checkpoint`;
  const earlier = options.resume && checkpointPath ? await readCheckpoint(checkpointPath, settings) : undefined;
  if (options.resume && !earlier) console.error("There is no checkpoint to go on from: it begins anew.");
  if (!options.resume && checkpointPath && existsSync(checkpointPath))
    console.error(`${checkpointPath} is of an interrupted run: with --resume it would be gone on from.`);
  signal.throwIfAborted();

  await setup();
  signal.throwIfAborted();
  const faces = options.faces ? await facesIn(photograph, content.width) : [];
  signal.throwIfAborted();

  const keeper = openKeeper(checkpointPath, settings, { earlier, warn: console.error });
  const request = requestOf(options, { content, paintings, faces, earlier });
  const keep = async (error: unknown) => {
    throw withCheckpoint(error, await keeper.save(), { path: checkpointPath, goOn: "--resume goes on from there." });
  };
  const { result, usage } = await run(request, options, keeper, signal).catch(keep);
  await writePicture(options.out, result.picture).catch(keep);
  if (checkpointPath) await removeCheckpoint(checkpointPath);
  if (options.curve) await drawCurve(options.curve, basename(options.out), keeper.losses);
  const seconds = process.uptime();
  const summary = summaryOf(options, { result, usage, losses: keeper.losses, faces, seconds });
  console.log(options.json ? JSON.stringify(summary) : described(options, summary));
}

async function drawCurve(path: string, title: string, steps: readonly Losses[]): Promise<void> {
  // Its packages take longer to load than all others together, so only where it is asked for.
  const { lossCurve } = await import("./loss-curve.ts");
  const points = steps.map(({ step, ...losses }) => ({ step, losses }));
  await writeWhole(path, await lossCurve(title, points));
}

/** What cannot be written is said before anything is painted. */
async function refuseOutputs({ out, preview, curve, content, style }: Options): Promise<void> {
  await refuseUnwritable(out);
  await formatOf(out);
  if (curve) await refuseUnwritable(curve);
  const written = await realpath(out).catch(() => undefined);
  for (const path of [content, ...style.map((one) => one.path)])
    if (written !== undefined && (await realpath(path).catch(() => undefined)) === written)
      throw new Refusal(`${out}: it would be written over ${path}. Give --out another name.`);
  if (preview) {
    const file = await isPictureFile(preview);
    if (!file)
      await mkdir(preview, { recursive: true }).catch((error) => {
        throw refusalOf(preview, error);
      });
    await refuseUnwritable(file ? preview : join(preview, "step-1.png"));
  }
}

function isPictureFile(path: string): Promise<boolean> {
  return formatOf(path).then(
    () => true,
    () => false,
  );
}

function requestOf(
  options: Options,
  { earlier, ...pictures }: Pick<StylizeJob, "content" | "paintings" | "faces"> & { earlier: Checkpoint | undefined },
): StylizeJob {
  const { network, preview, previewEvery, ...asked } = options;
  const { content: _, style, out, size, faces, curve, resume, json, ...request } = asked;
  return {
    ...request,
    ...pictures,
    network: network ? resolve(network) : join(ROOT, "models/build", FEATURE_NETS[0]!.file),
    ...(preview && { previewEvery }),
    ...(earlier && { resume: { step: earlier.step, picture: earlier.picture } }),
  };
}

async function run(request: StylizeJob, { preview }: Options, keeper: Keeper, signal: AbortSignal) {
  const progress = openProgress("painting");
  let started = false;
  let drawing: Promise<unknown> = Promise.resolve();
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
            keeper.step(report.losses);
            progress.step(report.losses.step, report.losses.loss);
            break;
          case "preview":
            drawing = drawing.then(() => drawPreview(preview!, report.step, report.picture));
            break;
          case "checkpoint":
            keeper.reached(report.step, report.state);
            break;
          default:
            report satisfies never;
        }
      },
    });
    await drawing;
    return done;
  } finally {
    progress.stop();
  }
}

/** A preview that cannot be written is told, and is no reason to stop. */
async function drawPreview(path: string, step: number, picture: Picture): Promise<void> {
  const file = (await isPictureFile(path)) ? path : join(path, `step-${String(step).padStart(4, "0")}.png`);
  await writePicture(file, picture).catch((error) => console.error(String(error.message ?? error)));
}
