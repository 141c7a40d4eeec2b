import { join, resolve } from "node:path";
import { DivergedError } from "../container/engine/diverged.ts";
import { importNet } from "../container/engine/import.ts";
import { ARCHITECTURE } from "../container/style-net/architecture.ts";
import { type Checkpoint, writeCheckpoint } from "../container/style-net/checkpoint.ts";
import { LOSS_WEIGHTS } from "../container/style-net/loss.ts";
import {
  type Losses,
  openTrainer,
  type Trainer,
  type TrainingSettings,
  WARM_UP,
} from "../container/style-net/trainer.ts";
import { pictureOf } from "../imaging/picture.ts";
import { FEATURE_NETS } from "../models/feature-nets.ts";
import { sha256 } from "../models/importer/files.ts";
import { writeWhole } from "./output.ts";
import { decoded, readWhole } from "./pictures.ts";
import { openProgress } from "./progress.ts";
import { Refusal } from "./refusal.ts";
import { setup } from "./setup.ts";
import { ROOT } from "./state.ts";
import { makeFolder, readEarlier } from "./training/earlier.ts";
import { command, type Options } from "./training/options.ts";
import { type Kept, writePreviews, writeResult } from "./training/outcome.ts";
import { readPhotographs } from "./training/photographs.ts";

/** A painting with a shorter side has no strokes to learn. */
const LEAST_PAINTING = 32;
/** Steps after which it is known how many of them the minutes have room for. */
const MEASURED = 20;
/** Milliseconds between checkpoints. */
const KEEP_EVERY = 30_000;

/** Ctrl-C, or the system's wish that the program ends; `code` is what it then exits with. */
class Interrupted extends Error {
  override name = "Interrupted";
  readonly code: number;

  constructor(code: number) {
    super("Interrupted.");
    this.code = code;
  }
}

const program = command().parse();
try {
  await trainStyle(program.opts<Options>(), interruptible());
} catch (error) {
  if (error instanceof Interrupted) {
    console.error(error.message);
    process.exitCode = error.code;
  } else if (error instanceof Refusal || error instanceof DivergedError) program.error(`error: ${error.message}`);
  else throw error;
}

async function trainStyle(options: Options, signal: AbortSignal): Promise<void> {
  if ((options.steps === undefined) === (options.minutes === undefined))
    throw new Refusal("Say how long: either --steps or --minutes.");
  const out = resolve(options.out);
  await makeFolder(out);
  const bytes = await readWhole(options.style);
  const painting = pictureOf(await decoded(options.style, bytes));
  if (Math.min(painting.width, painting.height) < LEAST_PAINTING)
    throw new Refusal(
      `${options.style}: it is ${painting.width}×${painting.height}. Use a painting of at least ${LEAST_PAINTING} pixels on each side.`,
    );
  const photographs = await readPhotographs(options.photos, options.holdOut, console.error);
  const sources = { painting: sha256(bytes), photographs: photographs.sha256 };
  const asked = settingsOf(options);
  const earlier = await readEarlier(out, { ...sources, settings: asked }, options);
  signal.throwIfAborted();

  await setup();
  const [lossNet] = FEATURE_NETS;
  const net = importNet(await readWhole(join(ROOT, "models/build", lossNet!.file)));
  const settings = earlier?.settings ?? asked;
  const trainer = await openTrainer(
    { net, painting, photographs: photographs.training },
    settings,
    earlier && { from: earlier.state },
  );
  const kept: Kept = {
    out,
    options,
    painting: { bytes, picture: painting },
    photographs,
    checkpoint: () => ({ ...sources, settings: trainer.settings, state: trainer.save(), losses }),
  };
  const losses: Losses[] = [...(earlier?.losses ?? [])];
  try {
    await descend(trainer, losses, kept, signal);
  } finally {
    await trainer.release();
  }
  const summary = await writeResult(kept);
  console.log(
    options.json ? JSON.stringify({ ...summary, seconds: process.uptime(), losses }) : described(summary, out),
  );
}

/** Until the last step, or an interruption, of which nothing but the step that was not taken is lost. */
async function descend(trainer: Trainer, losses: Losses[], kept: Kept, signal: AbortSignal): Promise<void> {
  const { options, out } = kept;
  const progress = openProgress("training");
  const keep = (checkpoint: Checkpoint) => writeWhole(join(out, "checkpoint.json"), writeCheckpoint(checkpoint));
  const measured = options.minutes !== undefined && trainer.step < MEASURED;
  const [began, from] = [performance.now(), trainer.step];
  let saved = began;
  progress.start(measured ? MEASURED : trainer.settings.steps, trainer.step);
  try {
    while (trainer.step < trainer.settings.steps) {
      losses.push(await trainer.next());
      const { step, loss } = losses.at(-1)!;
      progress.step(step, loss);
      if (measured && step === MEASURED) {
        const each = (performance.now() - began) / (MEASURED - from);
        trainer.plan(Math.max(WARM_UP, Math.round((options.minutes! * 60_000) / each)));
        progress.start(trainer.settings.steps, step);
      }
      if (step % options.previewEvery === 0) await writePreviews(kept);
      if (performance.now() - saved > KEEP_EVERY) {
        await keep(kept.checkpoint());
        saved = performance.now();
      }
      // A signal that came while the graph ran is heard now.
      await new Promise((turned) => setImmediate(turned));
      signal.throwIfAborted();
    }
  } catch (error) {
    await keep(kept.checkpoint());
    if (error instanceof DivergedError) error.message += ` ${join(out, "checkpoint.json")} keeps the step before.`;
    throw error;
  } finally {
    progress.stop();
  }
  await keep(kept.checkpoint());
}

function settingsOf({ steps, size, batch, seed, strokes, grain, learningRate, ...options }: Options): TrainingSettings {
  const { contentWeight: content, toneWeight: tone, patchWeight: patches } = options;
  const weights = Object.entries({ content, tone, patches }).filter(([, weight]) => weight !== undefined);
  return {
    architecture: ARCHITECTURE,
    weights: { ...LOSS_WEIGHTS, ...Object.fromEntries(weights) },
    // With --minutes it is decided once it is known how long a step takes.
    steps: steps ?? MEASURED,
    ...{ size, batch, seed, strokes, grain, learningRate },
  };
}

function described({ psnr, net, training }: Awaited<ReturnType<typeof writeResult>>, out: string): string {
  const { first, last } = training.losses;
  return [
    `${training.settings.steps} steps: loss ${first.loss.toPrecision(3)} → ${last.loss.toPrecision(3)}, style ${first.style.toPrecision(3)} → ${last.style.toPrecision(3)}`,
    `${join(out, net.file)}: ${net.bytes} bytes; ${psnr.quantized.toFixed(1)} dB from the net that was trained, in float32 ${psnr.float.toFixed(1)} dB`,
    `Paint with it: npm run restyle -- --net ${join(out, net.file)} --content photo.jpg --out painted.png`,
  ].join("\n");
}

function interruptible(): AbortSignal {
  const controller = new AbortController();
  const end = (code: number) => () => {
    // Who asks twice does not want to wait.
    if (controller.signal.aborted) process.exit(code);
    controller.abort(new Interrupted(code));
  };
  process.on("SIGINT", end(130));
  process.on("SIGTERM", end(143));
  return controller.signal;
}
