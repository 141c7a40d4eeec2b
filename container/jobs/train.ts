import { pictureOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import type { Checkpoint } from "../style-net/checkpoint.ts";
import type { TrainRequest } from "../style-net/request.ts";
import { openTrainer, type TrainingLosses, WARM_UP } from "../style-net/trainer.ts";
import { paintHeldOut, type TrainingResult, trainingResultOf } from "../style-net/training-result.ts";
import type { Job } from "./messages.ts";
import { readNetwork } from "./network.ts";

export interface TrainJob extends TrainRequest {
  /** The file of the loss network, ONNX, with the layers that `style-net/loss.ts` names. */
  readonly network: string;
  /** Seconds between checkpoints. Default: 30. */
  readonly checkpointEvery?: number;
  /** Steps between previews of the held-out photographs. There are always previews after the last step. */
  readonly previewEvery?: number;
}

/** If the duration is in minutes, this many steps are timed to compute how many steps fit. */
const MEASURED_STEPS = 20;

/**
 * The training of a style net as a job. It reports a checkpoint every `checkpointEvery` seconds, and one when the steps end: after
 * the last step, after a cancel, or, if a loss is not finite, with the state before that step.
 */
export const run: Job<TrainJob, TrainingLosses, Checkpoint, TrainingResult> = async (job, { report, signal }) => {
  const { network, checkpointEvery = 30, previewEvery, ...request } = job;
  const { painting, photographs, duration, resume, provider, threads } = request;
  const net = await readNetwork(network);
  const trainer = await openTrainer(
    { net, painting: pictureOf(painting.raster), photographs: picturesOf(photographs.training) },
    resume?.settings ?? { ...request.settings, steps: "steps" in duration ? duration.steps : MEASURED_STEPS },
    { provider, threads, from: resume?.state },
  );
  const losses = [...(resume?.losses ?? [])];
  const currentCheckpoint = (): Checkpoint => ({
    settings: trainer.settings,
    painting: painting.sha256,
    photographs: photographs.sha256,
    state: trainer.save(),
    losses,
  });
  const reportStart = () => report({ kind: "started", steps: trainer.settings.steps, provider: trainer.provider });
  const minutes = "minutes" in duration && trainer.step < MEASURED_STEPS ? duration.minutes : undefined;

  try {
    const [startedAt, firstStep] = [performance.now(), trainer.step];
    let lastCheckpointAt = startedAt;
    reportStart();
    await throwIfCanceled(signal);
    while (trainer.step < trainer.settings.steps) {
      const step = await trainer.next();
      losses.push(step);
      report({ kind: "progress", losses: step });
      if (minutes !== undefined && trainer.step === MEASURED_STEPS) {
        const msPerStep = (performance.now() - startedAt) / (MEASURED_STEPS - firstStep);
        trainer.setSteps(Math.max(WARM_UP, Math.round((minutes * 60_000) / msPerStep)));
        reportStart();
      }
      if (previewEvery && trainer.step % previewEvery === 0 && trainer.step < trainer.settings.steps) await preview();
      await throwIfCanceled(signal);
      if (performance.now() - lastCheckpointAt > 1000 * checkpointEvery) {
        reportCheckpoint();
        lastCheckpointAt = performance.now();
      }
    }
  } finally {
    reportCheckpoint();
    await trainer.release();
  }
  report({ kind: "phase", phase: "exporting the nets and comparing their results" });
  await preview();
  await throwIfCanceled(signal);
  return trainingResultOf(request, currentCheckpoint());

  function reportCheckpoint(): void {
    report({ kind: "checkpoint", step: trainer.step, state: currentCheckpoint() });
  }

  async function preview(): Promise<void> {
    for await (const painted of paintHeldOut(request, currentCheckpoint()))
      report({ kind: "preview", step: trainer.step, ...painted });
  }
};

/** One at a time, because all pictures together need three times the memory of the decoded photographs. */
function* picturesOf(photographs: readonly Raster[]) {
  for (const photograph of photographs) yield pictureOf(photograph);
}

/** Lets the event loop deliver a cancel that arrived while a graph ran. */
async function throwIfCanceled(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
