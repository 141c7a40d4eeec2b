/** All messages between a job's process and its parent process. */
import type { Picture } from "../../imaging/picture.ts";
import type { Provider } from "../engine/provider.ts";

/** The losses of a step, by name. `step` counts from 1. */
export interface StepLosses {
  readonly step: number;
  readonly loss: number;
}

/** A report of a running job. `State` is what the job can resume from. */
export type JobReport<Losses extends StepLosses, State> =
  /**
   * The steps begin. `steps`: how many there are. `provider`: the execution provider. A job that finds out only later how many
   * steps it has sends this report again.
   */
  | { kind: "started"; steps: number; provider: Provider }
  /** A phase without steps begins. */
  | { kind: "phase"; phase: string }
  | { kind: "progress"; losses: Losses }
  | { kind: "preview"; step: number; name: string; picture: Picture }
  | { kind: "checkpoint"; step: number; state: State };

/** The resources that a job used. */
export interface Usage {
  /** Elapsed time since the start of the job's process. */
  seconds: number;
  /** CPU time of all threads. */
  cpuSeconds: number;
  peakRssMb: number;
}

/** From the job's process to its parent. `done`, `diverged` and `failed` are the last message of a job. */
export type FromJob<Losses extends StepLosses, State, Result> =
  | { kind: "report"; report: JobReport<Losses, State> }
  | { kind: "done"; result: Result; usage: Usage }
  | { kind: "diverged"; step: number; loss: number }
  | { kind: "failed"; name: string; message: string };

/** From the parent to the job's process. */
export type ToJob = { kind: "start"; job: string; request: unknown } | { kind: "cancel" };

/** Passed to a job with its request. The job checks `signal` between steps and rejects with the signal's reason. */
interface JobContext<Losses extends StepLosses, State> {
  report(report: JobReport<Losses, State>): void;
  signal: AbortSignal;
}

/** The function of a job kind. It runs in a separate process. */
export type Job<Request, Losses extends StepLosses, State, Result> = (
  request: Request,
  context: JobContext<Losses, State>,
) => Promise<Result>;
