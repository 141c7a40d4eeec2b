/** The process of one job: `startJob` forks it, tells it what to run, and hears what comes of it. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { CACHE } from "../models/importer/files.ts";
import { DivergedError } from "./engine/diverged.ts";
import { KINDS, type Kind } from "./jobs/kinds.ts";
import type { FromJob, Job, StepLosses, ToJob } from "./jobs/messages.ts";

type AnyJob = Job<unknown, StepLosses, unknown, unknown>;
type Message = FromJob<StepLosses, unknown, unknown>;

// What a kind imports is half a second of stripping types and compiling, and 0.3 s where that was done before. Where the folder
// cannot be written it is as though this were not here.
enableCompileCache(join(CACHE, "compiled"));

const cancelled = new AbortController();

/** Resolves when the parent has it. A parent that is gone needs no answer. */
const tell = (message: Message) =>
  new Promise<void>((told) => process.send?.(message, undefined, undefined, () => told()));

// The terminal sends Ctrl-C to every process in it; what becomes of the job is the parent's choice.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());
process.on("message", (message: ToJob) => {
  if (message.kind === "cancel") cancelled.abort();
  else void perform(message.job as Kind, message.request);
});

async function perform(kind: Kind, request: unknown): Promise<void> {
  await tell(await outcomeOf(kind, request));
  process.disconnect();
}

async function outcomeOf(kind: Kind, request: unknown): Promise<Message> {
  try {
    const { run } = await KINDS[kind]();
    const report = (report: Parameters<Parameters<AnyJob>[1]["report"]>[0]) => void tell({ kind: "report", report });
    const result = await (run as AnyJob)(request, { report, signal: cancelled.signal });
    return { kind: "done", result, usage: usage() };
  } catch (error) {
    if (error instanceof DivergedError) return { kind: "diverged", step: error.step, loss: error.loss };
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { kind: "failed", name, message };
  }
}

function usage() {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    seconds: process.uptime(),
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakRssMb: maxRSS / 1024,
  };
}
