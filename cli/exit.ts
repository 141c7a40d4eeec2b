import type { Command } from "commander";
import { DivergedError } from "../container/engine/diverged.ts";
import { JobDiedError, JobFailedError } from "../container/jobs.ts";
import { UserError } from "./user-error.ts";

/** The reason of an abort by Ctrl-C, SIGTERM or a closed terminal. `code` is the exit code. */
class Interrupted extends Error {
  override name = "Interrupted";
  readonly code: number;

  constructor(code: number) {
    super("Interrupted.");
    this.code = code;
  }
}

/** A second signal within this time is a duplicate: on Ctrl-C, both the terminal and npm send SIGINT. */
const DUPLICATE_SIGNAL_MS = 1_000;

/** Returns a signal that aborts on Ctrl-C, SIGTERM or SIGHUP, with a reason for `exitWithError`. A second Ctrl-C exits at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const end = (code: number) => () => {
    if (first !== undefined && Date.now() - first > DUPLICATE_SIGNAL_MS) process.exit(code);
    first ??= Date.now();
    controller.abort(new Interrupted(code));
  };
  process.on("SIGHUP", end(129));
  process.on("SIGINT", end(130));
  process.on("SIGTERM", end(143));
  return controller.signal;
}

/** Resolves when the signal aborts. */
export const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done(), { once: true });
  });

/** Ends the program with an error. Expected errors are printed in one line without a stack; others are thrown again. */
export function exitWithError(error: unknown, program: Command): void {
  if (error instanceof Interrupted) {
    console.error(error.message);
    process.exitCode = error.code;
  } else if (
    error instanceof UserError ||
    error instanceof DivergedError ||
    error instanceof JobFailedError ||
    error instanceof JobDiedError
  )
    program.error(`error: ${error.message.replace(/\s+/g, " ").trim()}`);
  else throw error;
}

/** Appends to an error message where the checkpoint is, and how to resume from it. */
export function addCheckpointHint(
  error: unknown,
  step: number | undefined,
  { path, resumeHint }: { path: string | undefined; resumeHint: string },
): unknown {
  if (error instanceof Error && step !== undefined && path)
    error.message += ` Step ${step} is saved in ${path}. ${resumeHint}`;
  return error;
}
