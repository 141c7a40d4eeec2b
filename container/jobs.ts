import { type ChildProcess, fork } from "node:child_process";
import { resolve } from "node:path";
import { DivergedError } from "./engine/diverged.ts";
import type { Kind, LossesOf, RequestOf, ResultOf, StateOf } from "./jobs/kinds.ts";
import type { FromJob, Report, ToJob, Usage } from "./jobs/messages.ts";

/** The job could not do what it was asked. `reason` is the name of the error in its process. */
export class JobFailedError extends Error {
  override name = "JobFailedError";
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The job's process ended without a word: it was killed, or ran out of memory, or crashed. */
export class JobDiedError extends Error {
  override name = "JobDiedError";
}

export interface JobOptions<K extends Kind> {
  /** Told in the order in which things happen, and never after the job has ended. */
  onReport?: (report: Report<LossesOf<K>, StateOf<K>>) => void;
  /** Cancels the job at its next step: a last checkpoint is reported, then it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds that a cancelled job is given to end by itself. */
  patience?: number;
}

/** Time for a long step, or for what has no steps, of a picture of usual size. */
const PATIENCE = 5_000;
/** How much of what a crashed process wrote last is told. */
const LAST_WORDS = 600;

/**
 * Runs a job in a process of its own: a graph's run blocks the event loop that it is on, and a crash of the runtime takes its
 * process with it. Settles when the process has ended. Rejects with `DivergedError`, the signal's reason, `JobFailedError` or
 * `JobDiedError`.
 */
export async function startJob<K extends Kind>(
  kind: K,
  request: RequestOf<K>,
  { onReport, signal, patience = PATIENCE }: JobOptions<K> = {},
): Promise<{ result: ResultOf<K>; usage: Usage }> {
  signal?.throwIfAborted();
  const child = fork(resolve(import.meta.dirname, "job-process.ts"), {
    execArgv: [],
    serialization: "advanced",
    // Nothing that a runtime prints may come between what a program prints.
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const ended = ending(child);
  let outcome: Exclude<FromJob<LossesOf<K>, StateOf<K>, ResultOf<K>>, { kind: "report" }> | undefined;
  child.on("message", (message: FromJob<LossesOf<K>, StateOf<K>, ResultOf<K>>) => {
    if (message.kind === "report") onReport?.(message.report);
    else outcome = message;
  });

  let killing: NodeJS.Timeout | undefined;
  const cancel = () => {
    tell(child, { kind: "cancel" });
    killing = setTimeout(() => child.kill("SIGKILL"), patience);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  tell(child, { kind: "start", job: kind, request });
  const { how, lastWords } = await ended;
  clearTimeout(killing);
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
        `The job's process ${how} before it was done.${lastWords && ` Last it said: ${lastWords}`}`,
      );
    default:
      return outcome satisfies never;
  }
}

/** A process that has ended hears nothing; how it ended is told elsewhere. */
const tell = (child: ChildProcess, message: ToJob) => child.connected && child.send(message, () => undefined);

function ending(child: ChildProcess): Promise<{ how: string; lastWords: string }> {
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  return new Promise((ended) => {
    const end = (how: string) => ended({ how, lastWords: lastWords.trim() });
    child.once("error", (error) => end(`could not be started (${error.message})`));
    // Not "exit": a message may still be on its way then.
    child.once("close", (code, signal) =>
      end(
        signal === "SIGKILL"
          ? "was killed (SIGKILL), as the system does when memory runs out,"
          : signal
            ? `was ended by ${signal}`
            : `ended with exit code ${code}`,
      ),
    );
  });
}
