/** Measures the stages of a request. A stage may come more than once; its times add up. */
export interface Stages {
  time<T>(stage: Stage, work: () => Promise<T>): Promise<T>;
}

export type Stage = "decode" | "detect" | "embed" | "paint" | "project" | "encode";

export const untimed: Stages = { time: (_, work) => work() };
