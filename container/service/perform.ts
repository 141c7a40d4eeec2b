import type { Dispatch, Work } from "../../schema/protocol/dispatch.ts";
import type { Provider } from "../engine/provider.ts";
import type { Usage } from "../jobs/messages.ts";
import { JobDiedError, JobFailedError, startJob } from "../jobs.ts";
import { jpegOf } from "../pictures/encode.ts";
import type { CallbackTools } from "./callback.ts";
import { type Ending, endingOf, type StopReason } from "./ending.ts";
import { download } from "./inputs.ts";
import { reasonOf } from "./log.ts";
import { openReporter, type Reporter, type Told } from "./reporter.ts";

export interface PerformTools extends CallbackTools {
  provider: Provider;
  /** The file of the loss network. */
  network: string;
  /** The folder that trainings learn on. */
  photographs: string;
}

export interface Attempt {
  dispatch: Dispatch;
  /** Aborted with a `StoppedError`. */
  signal: AbortSignal;
  /** Waits for a place among those that run; rejects with the signal's reason when it need not wait any longer. */
  turn: <T>(work: () => Promise<T>) => Promise<T>;
  onStop(why: Extract<StopReason, "canceled" | "unheard">): void;
}

/** One attempt from its acceptance to its end, which the Worker is told of all the while. Never rejects. */
export async function perform({ dispatch, signal, turn, onStop }: Attempt, tools: PerformTools): Promise<Ending> {
  const { jobId, attempt, work, deadline } = dispatch;
  const { log, metrics } = tools;
  const at = { jobId, attempt, kind: work.kind };
  const reporter = openReporter(dispatch, { ...tools, onStop, until: AbortSignal.timeout(untilThen(deadline)) });
  const accepted = performance.now();
  let began = accepted;

  const ending = await turn(async () => {
    began = performance.now();
    log("info", { event: "job.started", ...at, ms: Math.round(began - accepted) });
    return make(dispatch, signal, reporter, tools);
  }).catch((error: unknown) => {
    const isJob = error instanceof JobFailedError || error instanceof JobDiedError;
    if (isJob) log("warn", { event: "fault", ...at, reason: error.name, words: error.message.slice(0, 500) });
    const ending = endingOf(error);
    if (ending.kind === "failed" && !isJob) log("warn", { event: "fault", ...at, reason: reasonOf(error) });
    return ending;
  });
  await reporter.end(ending).catch((error) => log("error", { event: "fault", ...at, reason: reasonOf(error) }));
  metrics.ended(work.kind, ending.kind);
  log("info", { event: "job.ended", ...at, outcome: ending.kind, ms: Math.round(performance.now() - began) });
  return ending;
}

async function make(
  { jobId, attempt, work, checkpoint }: Dispatch,
  signal: AbortSignal,
  reporter: Reporter,
  tools: PerformTools,
): Promise<Ending> {
  const { network, photographs, provider, log } = tools;
  const get = (input: Parameters<typeof download>[0]) => download(input, { fetch: tools.fetch, signal });
  const earlier = async () => checkpoint && { step: checkpoint.step, file: await get(checkpoint) };
  const made = ({ cpuSeconds, peakRssMb }: Usage) => {
    const took = { cpuMs: Math.round(1_000 * cpuSeconds), peakRssMb: Math.round(peakRssMb) };
    log("info", { event: "job.made", ...{ jobId, attempt, provider }, ...took });
  };
  const options = { signal, onReport: timed(work.kind, reporter, tools) };
  switch (work.kind) {
    case "optimizeStyle": {
      const { settings, faces } = work;
      const [content, resume, paintings] = await Promise.all([
        get(work.content),
        earlier(),
        Promise.all(work.paintings.map(async ({ file, weight }) => ({ file: await get(file), weight }))),
      ]);
      const request = { settings, faces, content, paintings, network, provider, ...(resume && { checkpoint: resume }) };
      const { result, usage } = await startJob("optimizeStyle", request, options);
      made(usage);
      return { kind: "painted", picture: await jpegOf(result.picture) };
    }
    case "trainStyle": {
      const { settings } = work;
      const [painting, resume] = await Promise.all([get(work.painting), earlier()]);
      const request = { settings, painting, network, photographs, provider, ...(resume && { checkpoint: resume }) };
      const { result, usage } = await startJob("trainStyle", request, options);
      made(usage);
      const { net, traits } = result;
      return { kind: "trained", net, traits, thumbnail: await jpegOf(result.thumbnail) };
    }
    default:
      return work satisfies never;
  }
}

/** Passes on what a job tells, and measures from step to step. */
function timed(kind: Work["kind"], reporter: Reporter, { metrics }: PerformTools): (report: Told) => void {
  let before: number | undefined;
  return (report) => {
    const now = performance.now();
    if (report.kind === "progress" && before !== undefined) metrics.stepped(kind, (now - before) / 1_000);
    if (report.kind === "progress" || report.kind === "started") before = now;
    reporter.tell(report);
  };
}

/** Milliseconds; of a timer's, the most there are. */
const untilThen = (time: number) => Math.min(2 ** 31 - 1, Math.max(0, time - Date.now()));
