import type { Dispatch, Work } from "../../schema/protocol/dispatch.ts";
import type { Provider } from "../engine/provider.ts";
import type { Usage } from "../jobs/messages.ts";
import { JobDiedError, JobFailedError, startJob } from "../jobs.ts";
import { jpegOf } from "../pictures/encode.ts";
import { type AttemptOutcome, outcomeOfError, type StopReason } from "./attempt-outcome.ts";
import type { CallbackTools } from "./callback.ts";
import { download } from "./inputs.ts";
import { reasonOf } from "./log.ts";
import { openReporter, type Reporter, type StyleJobReport } from "./reporter.ts";

export interface AttemptTools extends CallbackTools {
  provider: Provider;
  /** The file of the loss network. */
  network: string;
  /** The folder with the training photographs. */
  photographs: string;
}

export interface Attempt {
  dispatch: Dispatch;
  /** Aborted with a `StoppedError`. */
  signal: AbortSignal;
  /** Waits for a free slot, then runs `work`. Rejects with the signal's reason if the attempt is stopped while it waits. */
  runInSlot: <T>(work: () => Promise<T>) => Promise<T>;
  onStop(reason: Extract<StopReason, "canceled" | "unheard">): void;
}

/** Runs one attempt from its acceptance to its end and sends its reports to the Worker. Never rejects. */
export async function runAttempt(
  { dispatch, signal, runInSlot, onStop }: Attempt,
  tools: AttemptTools,
): Promise<AttemptOutcome> {
  const { jobId, attempt, work, deadline } = dispatch;
  const { log, metrics } = tools;
  const ids = { jobId, attempt, kind: work.kind };
  const reporter = openReporter(dispatch, { ...tools, onStop, until: AbortSignal.timeout(msUntil(deadline)) });
  const acceptedAt = performance.now();
  let startedAt = acceptedAt;

  const outcome = await runInSlot(async () => {
    startedAt = performance.now();
    log("info", { event: "job.started", ...ids, ms: Math.round(startedAt - acceptedAt) });
    return runWork(dispatch, signal, reporter, tools);
  }).catch((error: unknown) => {
    const isJobError = error instanceof JobFailedError || error instanceof JobDiedError;
    if (isJobError) log("warn", { event: "fault", ...ids, reason: error.name, words: error.message.slice(0, 500) });
    const outcome = outcomeOfError(error);
    if (outcome.kind === "failed" && !isJobError) log("warn", { event: "fault", ...ids, reason: reasonOf(error) });
    return outcome;
  });
  await reporter.end(outcome).catch((error) => log("error", { event: "fault", ...ids, reason: reasonOf(error) }));
  metrics.ended(work.kind, outcome.kind);
  log("info", { event: "job.ended", ...ids, outcome: outcome.kind, ms: Math.round(performance.now() - startedAt) });
  return outcome;
}

async function runWork(
  { jobId, attempt, work, checkpoint }: Dispatch,
  signal: AbortSignal,
  reporter: Reporter,
  tools: AttemptTools,
): Promise<AttemptOutcome> {
  const { network, photographs, provider, log } = tools;
  const get = (input: Parameters<typeof download>[0]) => download(input, { fetch: tools.fetch, signal });
  const getCheckpoint = async () => checkpoint && { step: checkpoint.step, file: await get(checkpoint) };
  const logUsage = ({ cpuSeconds, peakRssMb }: Usage) => {
    const used = { cpuMs: Math.round(1_000 * cpuSeconds), peakRssMb: Math.round(peakRssMb) };
    log("info", { event: "job.made", ...{ jobId, attempt, provider }, ...used });
  };
  const options = { signal, onReport: reportAndMeasure(work.kind, reporter, tools) };
  switch (work.kind) {
    case "optimizeStyle": {
      const { settings, faces } = work;
      const [content, resume, paintings] = await Promise.all([
        get(work.content),
        getCheckpoint(),
        Promise.all(work.paintings.map(async ({ file, weight }) => ({ file: await get(file), weight }))),
      ]);
      const request = { settings, faces, content, paintings, network, provider, ...(resume && { checkpoint: resume }) };
      const { result, usage } = await startJob("optimizeStyle", request, options);
      logUsage(usage);
      return { kind: "painted", picture: await jpegOf(result.picture) };
    }
    case "trainStyle": {
      const { settings } = work;
      const [painting, resume] = await Promise.all([get(work.painting), getCheckpoint()]);
      const request = { settings, painting, network, photographs, provider, ...(resume && { checkpoint: resume }) };
      const { result, usage } = await startJob("trainStyle", request, options);
      logUsage(usage);
      const { net, traits } = result;
      return { kind: "trained", net, traits, thumbnail: await jpegOf(result.thumbnail) };
    }
    default:
      return work satisfies never;
  }
}

/** Passes the reports of a job to the reporter, and measures the duration of each step. */
function reportAndMeasure(
  kind: Work["kind"],
  reporter: Reporter,
  { metrics }: AttemptTools,
): (report: StyleJobReport) => void {
  let stepStartedAt: number | undefined;
  return (report) => {
    const now = performance.now();
    if (report.kind === "progress" && stepStartedAt !== undefined) metrics.stepped(kind, (now - stepStartedAt) / 1_000);
    if (report.kind === "progress" || report.kind === "started") stepStartedAt = now;
    reporter.add(report);
  };
}

/** Milliseconds until a time, limited to the range of a timer. */
const msUntil = (time: number) => Math.min(2 ** 31 - 1, Math.max(0, time - Date.now()));
