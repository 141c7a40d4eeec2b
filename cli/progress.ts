import { SingleBar } from "cli-progress";

/** How far something is, told on stderr: as a bar to a person, as a line now and then to a file. */
export interface Progress {
  start(steps: number, done: number): void;
  step(step: number, loss: number): void;
  phase(name: string): void;
  stop(): void;
}

/** Seconds between lines where there is no terminal. */
const LINE_EVERY = 5;

/** `what` is what a step works on: "painting". */
export function openProgress(what: string, now = () => performance.now() / 1000): Progress {
  return process.stderr.isTTY ? barOf(what) : linesOf(what, now);
}

function barOf(what: string): Progress {
  const bar = new SingleBar({
    format: `${what} {bar} {value} of {total} steps, loss {loss}, {eta_formatted} left`,
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

function linesOf(what: string, now: () => number): Progress {
  let total = 0;
  let first = { step: 0, at: now() };
  let told = now();
  return {
    start(steps, done) {
      total = steps;
      first = { step: done, at: now() };
    },
    step(step, loss) {
      if (now() - told < LINE_EVERY) return;
      told = now();
      const left = ((told - first.at) / (step - first.step)) * (total - step);
      console.error(`${what}: step ${step} of ${total}, loss ${loss.toPrecision(3)}, ${Math.ceil(left)} s left`);
    },
    phase: (name) => console.error(`${name} …`),
    stop: () => undefined,
  };
}
