import type { Command } from "commander";
import { DivergedError } from "../container/engine/diverged.ts";
import { JobDiedError, JobFailedError } from "../container/jobs.ts";
import { Refusal } from "./refusal.ts";

/** Ctrl-C, SIGTERM or the end of the terminal; `code` is what it then exits with. */
class Interrupted extends Error {
  override name = "Interrupted";
  readonly code: number;

  constructor(code: number) {
    super("Interrupted.");
    this.code = code;
  }
}

/** Within so many milliseconds a second signal is the first one again: Ctrl-C reaches a program from the terminal and from npm. */
const ECHO_MS = 1_000;

/** Aborts with what `endBy` ends the program by. Whoever asks twice does not want to wait: then it ends at once. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const end = (code: number) => () => {
    if (first !== undefined && Date.now() - first > ECHO_MS) process.exit(code);
    first ??= Date.now();
    controller.abort(new Interrupted(code));
  };
  process.on("SIGHUP", end(129));
  process.on("SIGINT", end(130));
  process.on("SIGTERM", end(143));
  return controller.signal;
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done(), { once: true });
  });

/** Ends a program by what went wrong: in one line, without a stack, unless it is a fault of this program's own. */
export function endBy(error: unknown, program: Command): void {
  if (error instanceof Interrupted) {
    console.error(error.message);
    process.exitCode = error.code;
  } else if (
    error instanceof Refusal ||
    error instanceof DivergedError ||
    error instanceof JobFailedError ||
    error instanceof JobDiedError
  )
    program.error(`error: ${error.message.replace(/\s+/g, " ").trim()}`);
  else throw error;
}

/** Says besides what happened that, and where, what was reached is kept, and how it is gone on from. */
export function withCheckpoint(
  error: unknown,
  step: number | undefined,
  { path, goOn }: { path: string | undefined; goOn: string },
): unknown {
  if (error instanceof Error && step !== undefined && path) error.message += ` ${path} keeps step ${step}: ${goOn}`;
  return error;
}
