import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Work } from "../../schema/protocol/dispatch.ts";
import type { Ending } from "./ending.ts";

type Kind = Work["kind"];

export interface Metrics {
  /** How a dispatch was answered. */
  dispatched(status: number): void;
  ended(kind: Kind, ending: Ending["kind"]): void;
  stepped(kind: Kind, seconds: number): void;
  /** What became of one thing that was to be told. */
  told(what: string, outcome: "acknowledged" | "retried" | "refused" | "abandoned"): void;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Of a step: from a small picture on a GPU to a large one on a CPU. */
const STEP_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** `busy`: jobs by kind and by whether they run or wait, asked whenever somebody looks. */
export function openMetrics(busy: () => readonly { kind: Kind; state: "running" | "waiting" }[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const dispatches = new Counter({
    name: "semblance_dispatches_total",
    help: "Dispatches by the status they were answered with.",
    labelNames: ["status"],
    registers,
  });
  const jobs = new Counter({
    name: "semblance_jobs_ended_total",
    help: "Attempts that have ended, by kind and how.",
    labelNames: ["kind", "ending"],
    registers,
  });
  const steps = new Histogram({
    name: "semblance_step_seconds",
    help: "Time from one step of a job to the next.",
    labelNames: ["kind"],
    buckets: STEP_SECONDS,
    registers,
  });
  const reports = new Counter({
    name: "semblance_reports_total",
    help: "What was told to the Worker, by event or artifact, and what became of it.",
    labelNames: ["told", "outcome"],
    registers,
  });
  new Gauge({
    name: "semblance_jobs",
    help: "Jobs that are here, by kind and state.",
    labelNames: ["kind", "state"],
    registers,
    collect() {
      this.reset();
      for (const kind of ["optimizeStyle", "trainStyle"] satisfies Kind[])
        for (const state of ["running", "waiting"] as const) this.set({ kind, state }, 0);
      for (const job of busy()) this.inc({ kind: job.kind, state: job.state });
    },
  });
  return {
    dispatched: (status) => dispatches.inc({ status }),
    ended: (kind, ending) => jobs.inc({ kind, ending }),
    stepped: (kind, seconds) => steps.observe({ kind }, seconds),
    told: (told, outcome) => reports.inc({ told, outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
