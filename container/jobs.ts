import { type ChildProcess, fork } from "node:child_process";
import { resolve } from "node:path";
import { DivergedError } from "./engine/diverged.ts";
import type { Kind, LossesOf, RequestOf, ResultOf, StateOf } from "./jobs/kinds.ts";
import type { FromJob, JobReport, ToJob, Usage } from "./jobs/messages.ts";

/** The job failed with an error. `reason` is the name of the error in the job's process. */
export class JobFailedError extends Error {
  override name = "JobFailedError";
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The job's process ended without a result or an error: it was killed, ran out of memory or crashed. */
export class JobDiedError extends Error {
  override name = "JobDiedError";
}

export interface JobOptions<K extends Kind> {
  /** Called for each report in order, and never after the job has ended. */
  onReport?: (report: JobReport<LossesOf<K>, StateOf<K>>) => void;
  /** Cancels the job at its next step. The job reports a last checkpoint, then `startJob` rejects with the signal's reason. */
  signal?: AbortSignal;
  /** A canceled job that has not ended after this many milliseconds is killed. */
  cancelTimeoutMs?: number;
}

/** Enough for a long step, or for a phase without steps, of a picture of common size. */
const CANCEL_TIMEOUT_MS = 5_000;
/** How many of the last characters that a crashed process wrote to stderr are part of the error message. */
const STDERR_TAIL_LENGTH = 600;

/**
 * Runs a job in a separate process, because running a graph blocks the event loop, and because a crash of the runtime ends its
 * process. Settles when the process has ended. Rejects with `DivergedError`, the signal's reason, `JobFailedError` or
 * `JobDiedError`.
 */
export async function startJob<K extends Kind>(
  kind: K,
  request: RequestOf<K>,
  { onReport, signal, cancelTimeoutMs = CANCEL_TIMEOUT_MS }: JobOptions<K> = {},
): Promise<{ result: ResultOf<K>; usage: Usage }> {
  signal?.throwIfAborted();
  const child = fork(resolve(import.meta.dirname, "job-process.ts"), {
    execArgv: [],
    serialization: "advanced",
    // What a runtime prints must not be mixed with the output of the program.
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const exit = waitForExit(child);
  let outcome: Exclude<FromJob<LossesOf<K>, StateOf<K>, ResultOf<K>>, { kind: "report" }> | undefined;
  child.on("message", (message: FromJob<LossesOf<K>, StateOf<K>, ResultOf<K>>) => {
    if (message.kind === "report") onReport?.(message.report);
    else outcome = message;
  });

  let killTimer: NodeJS.Timeout | undefined;
  const cancel = () => {
    send(child, { kind: "cancel" });
    killTimer = setTimeout(() => child.kill("SIGKILL"), cancelTimeoutMs);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  send(child, { kind: "start", job: kind, request });
  const { exitReason, stderrTail } = await exit;
  clearTimeout(killTimer);
  signal?.removeEventListener("abort", cancel);

  signal?.throwIfAborted();
  switch (outcome?.kind) {
    case "done":
      return { result: outcome.result, usage: outcome.usage };
    case "diverged":
      throw new DivergedError(outcome.step, outcome.loss);
    case "failed":
      throw new JobFailedError(outcome.name, outcome.message);
    case undefined:
      throw new JobDiedError(
        `The job's process ${exitReason} before the job was done.${stderrTail && ` Its last output: ${stderrTail}`}`,
      );
    default:
      return outcome satisfies never;
  }
}

/** Ignores a process that has ended already: `waitForExit` reports that. */
const send = (child: ChildProcess, message: ToJob) => child.connected && child.send(message, () => undefined);

function waitForExit(child: ChildProcess): Promise<{ exitReason: string; stderrTail: string }> {
  let stderrTail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderrTail = (stderrTail + text).slice(-STDERR_TAIL_LENGTH);
  });
  return new Promise((resolveExit) => {
    const settle = (exitReason: string) => resolveExit({ exitReason, stderrTail: stderrTail.trim() });
    child.once("error", (error) => settle(`could not be started (${error.message})`));
    // Not "exit": a message can still arrive after that event.
    child.once("close", (code, signal) =>
      settle(
        signal === "SIGKILL"
          ? "was killed (SIGKILL), which the system does when memory runs out,"
          : signal
            ? `was ended by ${signal}`
            : `ended with exit code ${code}`,
      ),
    );
  });
}
