import type { Job } from "./messages.ts";

/** The kinds of jobs. A process loads the one that it runs; each module's `run` is the job. */
export const KINDS = {
  stylize: () => import("./stylize.ts"),
  train: () => import("./train.ts"),
  /** What is asked for by a dispatch (`schema/protocol/dispatch.ts`), under its name there. */
  optimizeStyle: () => import("./optimize-style.ts"),
  trainStyle: () => import("./train-style.ts"),
  provider: () => import("./provider.ts"),
};

export type Kind = keyof typeof KINDS;

type RunOf<K extends Kind> = Awaited<ReturnType<(typeof KINDS)[K]>>["run"];
/** Request, losses, state and result of a kind, as its module declares them. */
type PartsOf<K extends Kind> =
  RunOf<K> extends Job<infer Request, infer Losses, infer State, infer Result>
    ? { request: Request; losses: Losses; state: State; result: Result }
    : never;
export type RequestOf<K extends Kind> = PartsOf<K>["request"];
export type LossesOf<K extends Kind> = PartsOf<K>["losses"];
export type StateOf<K extends Kind> = PartsOf<K>["state"];
export type ResultOf<K extends Kind> = PartsOf<K>["result"];
