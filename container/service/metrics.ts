import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Work } from "../../schema/protocol/dispatch.ts";
import type { AttemptOutcome } from "./attempt-outcome.ts";

type Kind = Work["kind"];

export interface Metrics {
  /** Counts a dispatch by the HTTP status of its response. */
  dispatched(status: number): void;
  ended(kind: Kind, outcome: AttemptOutcome["kind"]): void;
  stepped(kind: Kind, seconds: number): void;
  /** Counts a try to send a report or an artifact. `name`: the event of a report, or the name of an artifact. */
  callbackSent(name: string, outcome: "acknowledged" | "retried" | "refused" | "abandoned"): void;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Buckets for the duration of a step: from a small picture on a GPU to a large one on a CPU. */
const STEP_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** `listJobs` is called for each request of the metrics. It returns the jobs that run or wait. */
export function openMetrics(listJobs: () => readonly { kind: Kind; state: "running" | "waiting" }[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const dispatches = new Counter({
    name: "semblance_dispatches_total",
    help: "Dispatches, by the HTTP status of the response.",
    labelNames: ["status"],
    registers,
  });
  const jobs = new Counter({
    name: "semblance_jobs_ended_total",
    help: "Attempts that have ended, by kind and outcome.",
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
    help: "Reports and artifacts sent to the Worker, by event or artifact name, and by outcome.",
    labelNames: ["report", "outcome"],
    registers,
  });
  new Gauge({
    name: "semblance_jobs",
    help: "Jobs that run or wait, by kind and state.",
    labelNames: ["kind", "state"],
    registers,
    collect() {
      this.reset();
      for (const kind of ["optimizeStyle", "trainStyle"] satisfies Kind[])
        for (const state of ["running", "waiting"] as const) this.set({ kind, state }, 0);
      for (const job of listJobs()) this.inc({ kind: job.kind, state: job.state });
    },
  });
  return {
    dispatched: (status) => dispatches.inc({ status }),
    ended: (kind, outcome) => jobs.inc({ kind, ending: outcome }),
    stepped: (kind, seconds) => steps.observe({ kind }, seconds),
    callbackSent: (name, outcome) => reports.inc({ report: name, outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
