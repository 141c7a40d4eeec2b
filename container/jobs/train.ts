import { pictureOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import type { Checkpoint } from "../style-net/checkpoint.ts";
import type { TrainRequest } from "../style-net/request.ts";
import { type Losses, openTrainer, WARM_UP } from "../style-net/trainer.ts";
import { paintHeldOut, type TrainingResult, trainingResultOf } from "../style-net/training-result.ts";
import type { Job } from "./messages.ts";
import { readNetwork } from "./network.ts";

export interface TrainJob extends TrainRequest {
  /** The file of the loss network, ONNX, with the layers that `style-net/loss.ts` names. */
  readonly network: string;
  /** Seconds between checkpoints, 30 unless said. */
  readonly checkpointEvery?: number;
  /** Steps between previews of what was held out; after the last one there are always some. */
  readonly previewEvery?: number;
}

/** Steps after which it is known how many of them the minutes have room for. */
const MEASURED = 20;

/**
 * The training of a style net as a job. What was reached is told as a checkpoint now and then, and at the end of the steps,
 * whether it was their last, a cancel, of which nothing but the step that was not taken is lost, or a loss that is no number:
 * then it is the step before.
 */
export const run: Job<TrainJob, Losses, Checkpoint, TrainingResult> = async (job, { report, signal }) => {
  const { network, checkpointEvery = 30, previewEvery, ...request } = job;
  const { painting, photographs, duration, resume, provider, threads } = request;
  const net = await readNetwork(network);
  const trainer = await openTrainer(
    { net, painting: pictureOf(painting.raster), photographs: picturesOf(photographs.training) },
    resume?.settings ?? { ...request.settings, steps: "steps" in duration ? duration.steps : MEASURED },
    { provider, threads, from: resume?.state },
  );
  const losses = [...(resume?.losses ?? [])];
  const reached = (): Checkpoint => ({
    settings: trainer.settings,
    painting: painting.sha256,
    photographs: photographs.sha256,
    state: trainer.save(),
    losses,
  });
  const start = () => report({ kind: "started", steps: trainer.settings.steps, provider: trainer.provider });
  const minutes = "minutes" in duration && trainer.step < MEASURED ? duration.minutes : undefined;

  try {
    const [began, first] = [performance.now(), trainer.step];
    let kept = began;
    start();
    await heard(signal);
    while (trainer.step < trainer.settings.steps) {
      const step = await trainer.next();
      losses.push(step);
      report({ kind: "progress", losses: step });
      if (minutes !== undefined && trainer.step === MEASURED) {
        const each = (performance.now() - began) / (MEASURED - first);
        trainer.setSteps(Math.max(WARM_UP, Math.round((minutes * 60_000) / each)));
        start();
      }
      if (previewEvery && trainer.step % previewEvery === 0 && trainer.step < trainer.settings.steps) await preview();
      await heard(signal);
      if (performance.now() - kept > 1000 * checkpointEvery) {
        keep();
        kept = performance.now();
      }
    }
  } finally {
    keep();
    await trainer.release();
  }
  report({ kind: "phase", phase: "writing and comparing the nets" });
  await preview();
  await heard(signal);
  return trainingResultOf(request, reached());

  function keep(): void {
    report({ kind: "checkpoint", step: trainer.step, state: reached() });
  }

  async function preview(): Promise<void> {
    for await (const painted of paintHeldOut(request, reached()))
      report({ kind: "preview", step: trainer.step, ...painted });
  }
};

/** One after the other, for all of them at once are three times as large as what they were decoded to. */
function* picturesOf(photographs: readonly Raster[]) {
  for (const photograph of photographs) yield pictureOf(photograph);
}

/** A cancel that came while a graph ran is heard now. */
async function heard(signal: AbortSignal): Promise<void> {
  await new Promise((turned) => setImmediate(turned));
  signal.throwIfAborted();
}
