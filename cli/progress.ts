import { SingleBar } from "cli-progress";

/** Progress on stderr: a bar on a terminal, otherwise a line every few seconds. */
export interface Progress {
  start(steps: number, done: number): void;
  step(step: number, loss: number): void;
  phase(name: string): void;
  stop(): void;
}

/** Seconds between lines if stderr is not a terminal. */
const LINE_INTERVAL_SECONDS = 5;

/** `task` names the work in the output, for example "painting". */
export function openProgress(task: string, now = () => performance.now() / 1000): Progress {
  return process.stderr.isTTY ? progressBar(task) : progressLines(task, now);
}

function progressBar(task: string): Progress {
  const bar = new SingleBar({
    format: `${task} {bar} {value} of {total} steps, loss {loss}, {eta_formatted} remaining`,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 20,
  });
  return {
    start: (steps, done) => bar.start(steps, done, { loss: "…" }),
    step: (step, loss) => bar.update(step, { loss: loss.toPrecision(3) }),
    phase(name) {
      bar.stop();
      console.error(`${name} …`);
    },
    stop: () => bar.stop(),
  };
}

function progressLines(task: string, now: () => number): Progress {
  let total = 0;
  let first = { step: 0, at: now() };
  let lastLineAt = now();
  return {
    start(steps, done) {
      total = steps;
      first = { step: done, at: now() };
    },
    step(step, loss) {
      if (now() - lastLineAt < LINE_INTERVAL_SECONDS) return;
      lastLineAt = now();
      const remaining = ((lastLineAt - first.at) / (step - first.step)) * (total - step);
      console.error(
        `${task}: step ${step} of ${total}, loss ${loss.toPrecision(3)}, ${Math.ceil(remaining)} s remaining`,
      );
    },
    phase: (name) => console.error(`${name} …`),
    stop: () => undefined,
  };
}
