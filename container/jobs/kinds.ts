import type { Job } from "./messages.ts";

/** The job kinds. A job's process loads only the module of its kind. `run` of that module is the job. */
export const KINDS = {
  stylize: () => import("./stylize.ts"),
  train: () => import("./train.ts"),
  /** The kinds that a dispatch can request (`schema/protocol/dispatch.ts`), with the same names. */
  optimizeStyle: () => import("./optimize-style.ts"),
  trainStyle: () => import("./train-style.ts"),
  provider: () => import("./provider.ts"),
};

export type Kind = keyof typeof KINDS;

type RunOf<K extends Kind> = Awaited<ReturnType<(typeof KINDS)[K]>>["run"];
/** Request, losses, state and result types of a kind, inferred from its module. */
type PartsOf<K extends Kind> =
  RunOf<K> extends Job<infer Request, infer Losses, infer State, infer Result>
    ? { request: Request; losses: Losses; state: State; result: Result }
    : never;
export type RequestOf<K extends Kind> = PartsOf<K>["request"];
export type LossesOf<K extends Kind> = PartsOf<K>["losses"];
export type StateOf<K extends Kind> = PartsOf<K>["state"];
export type ResultOf<K extends Kind> = PartsOf<K>["result"];
