import type { Picture } from "../../imaging/picture.ts";
import type { Losses } from "../style/optimise.ts";
import type { StylizeRequest, StylizeResult } from "../style/request.ts";
import { stylize } from "../style/stylize.ts";
import type { Job } from "./messages.ts";
import { readNetwork } from "./network.ts";

export interface StylizeJob extends StylizeRequest {
  /** The file of the loss network, ONNX. */
  network: string;
  /** Steps between checkpoints, 10 unless said. */
  checkpointEvery?: number;
  /** Steps between previews; none unless said. */
  previewEvery?: number;
}

/** What `StylizeRequest.resume` takes up. */
export type Reached = NonNullable<StylizeRequest["resume"]>;

/**
 * Stylization as a job. A checkpoint is told once the loss of its picture is known to be a number, which is a step later; the
 * last step's, and that at which it was cancelled, at once.
 */
export const run: Job<StylizeJob, Losses, Picture, StylizeResult> = async (job, { report, signal }) => {
  const { network, checkpointEvery = 10, previewEvery, ...request } = job;
  const net = await readNetwork(network);
  const stop = new AbortController();
  let steps = Number.POSITIVE_INFINITY;
  let unproven: Reached | undefined;
  const keep = ({ step, picture }: Reached) => report({ kind: "checkpoint", step, state: picture });

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
      if (unproven) keep(unproven);
      unproven = undefined;
      // A cancel that came while the graph ran is heard now.
      await new Promise((turned) => setImmediate(turned));
      if (signal.aborted || step === steps) keep({ step, picture: await render() });
      else if (step % checkpointEvery === 0) unproven = { step, picture: await render() };
      if (previewEvery && step % previewEvery === 0)
        report({ kind: "preview", step, name: "picture", picture: await render() });
      if (signal.aborted) stop.abort(signal.reason);
    },
  });
};
