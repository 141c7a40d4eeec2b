/** All that a job's process and its parent say to each other. */
import type { Picture } from "../../imaging/picture.ts";
import type { Provider } from "../engine/provider.ts";

/** The losses of a step by name, and which step it was, from 1. */
export interface StepLosses {
  readonly step: number;
  readonly loss: number;
}

/** What a job tells while it runs. `State` is what it could go on from. */
export type Report<Losses extends StepLosses, State> =
  /** The steps begin: how many, and what reckons them. Told again where it is found out on the way how many there will be. */
  | { kind: "started"; steps: number; provider: Provider }
  /** Something that has no steps begins. */
  | { kind: "phase"; phase: string }
  | { kind: "progress"; losses: Losses }
  | { kind: "preview"; step: number; name: string; picture: Picture }
  | { kind: "checkpoint"; step: number; state: State };

/** What a job took. */
export interface Usage {
  /** Of the clock, from the start of its process. */
  seconds: number;
  /** Of all threads. */
  cpuSeconds: number;
  peakRssMb: number;
}

/** From the process to its parent. The last three end it. */
export type FromJob<Losses extends StepLosses, State, Result> =
  | { kind: "report"; report: Report<Losses, State> }
  | { kind: "done"; result: Result; usage: Usage }
  | { kind: "diverged"; step: number; loss: number }
  | { kind: "failed"; name: string; message: string };

/** From the parent to the process. */
export type ToJob = { kind: "start"; job: string; request: unknown } | { kind: "cancel" };

/** What a job is given beside its request. It looks at `signal` between steps and rejects with its reason. */
interface JobContext<Losses extends StepLosses, State> {
  report(report: Report<Losses, State>): void;
  signal: AbortSignal;
}

/** A kind of job: what is run in a process of its own. */
export type Job<Request, Losses extends StepLosses, State, Result> = (
  request: Request,
  context: JobContext<Losses, State>,
) => Promise<Result>;
