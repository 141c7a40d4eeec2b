import type { Picture } from "../../imaging/picture.ts";
import type { Losses } from "../style/optimize.ts";
import type { StylizeRequest, StylizeResult } from "../style/request.ts";
import { stylize } from "../style/stylize.ts";
import type { Job } from "./messages.ts";
import { readNetwork } from "./network.ts";

export interface StylizeJob extends StylizeRequest {
  /** The file of the loss network, ONNX. */
  network: string;
  /** Steps between checkpoints. Default: 10. */
  checkpointEvery?: number;
  /** Steps between previews. Default: no previews. */
  previewEvery?: number;
}

/** The picture after a step, which another job can resume from. */
export type ResumePoint = NonNullable<StylizeRequest["resume"]>;

/**
 * Stylization as a job. A checkpoint is reported one step later, when its picture's loss is known to be finite. The checkpoint of
 * the last step, or of the step at which the job was canceled, is reported at once.
 */
export const run: Job<StylizeJob, Losses, Picture, StylizeResult> = async (job, { report, signal }) => {
  const { network, checkpointEvery = 10, previewEvery, ...request } = job;
  const net = await readNetwork(network);
  const stop = new AbortController();
  let steps = Number.POSITIVE_INFINITY;
  let unverified: ResumePoint | undefined;
  const reportCheckpoint = ({ step, picture }: ResumePoint) => report({ kind: "checkpoint", step, state: picture });

  return stylize(net, request, {
    signal: stop.signal,
    onStart(start) {
      steps = start.steps;
      report({ kind: "started", ...start });
    },
    onPhase: (phase) => report({ kind: "phase", phase }),
    async onStep(losses, render) {
      const { step } = losses;
      report({ kind: "progress", losses });
      if (unverified) reportCheckpoint(unverified);
      unverified = undefined;
      // Lets the event loop deliver a cancel that arrived while the graph ran.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted || step === steps) reportCheckpoint({ step, picture: await render() });
      else if (step % checkpointEvery === 0) unverified = { step, picture: await render() };
      if (previewEvery && step % previewEvery === 0)
        report({ kind: "preview", step, name: "picture", picture: await render() });
      if (signal.aborted) stop.abort(signal.reason);
    },
  });
};
