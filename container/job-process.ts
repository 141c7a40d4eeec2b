/** The process of one job. `startJob` forks it, sends it the request, and receives its reports and its result. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { CACHE } from "../models/importer/files.ts";
import { DivergedError } from "./engine/diverged.ts";
import { KINDS, type Kind } from "./jobs/kinds.ts";
import type { FromJob, Job, StepLosses, ToJob } from "./jobs/messages.ts";

type AnyJob = Job<unknown, StepLosses, unknown, unknown>;
type Message = FromJob<StepLosses, unknown, unknown>;

// Stripping the types of a job kind's modules and compiling them takes 0.5 s, and with a filled cache 0.3 s. If the folder is not
// writable, nothing is cached and the job runs as usual.
enableCompileCache(join(CACHE, "compiled"));

const cancellation = new AbortController();

/** Resolves when the message was sent, or could not be sent because the parent has ended. */
const send = (message: Message) =>
  new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

// A terminal sends Ctrl-C to all its processes. The parent decides whether this job stops.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());
process.on("message", (message: ToJob) => {
  if (message.kind === "cancel") cancellation.abort();
  else void perform(message.job as Kind, message.request);
});

async function perform(kind: Kind, request: unknown): Promise<void> {
  await send(await outcomeOf(kind, request));
  process.disconnect();
}

async function outcomeOf(kind: Kind, request: unknown): Promise<Message> {
  try {
    const { run } = await KINDS[kind]();
    const report = (report: Parameters<Parameters<AnyJob>[1]["report"]>[0]) => void send({ kind: "report", report });
    const result = await (run as AnyJob)(request, { report, signal: cancellation.signal });
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
