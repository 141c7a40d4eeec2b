import type { Picture } from "../../imaging/picture.ts";
import { sha256 } from "../../models/importer/files.ts";
import type { Dispatch } from "../../schema/protocol/dispatch.ts";
import type { Report as JobReport, StepLosses } from "../jobs/messages.ts";
import { type Encoded, jpegOf, pngOf } from "../pictures/encode.ts";
import { type Answer, type CallbackTools, openCallback, type Putting, type Telling } from "./callback.ts";
import type { Ending, StopReason } from "./ending.ts";
import { reasonOf } from "./log.ts";

/** What a job's process tells that the Worker is to know. */
export type Told = JobReport<StepLosses & { content: number; style: number }, Picture | string>;

/** Tells the Worker of one attempt: what happens, that it is still there, and how it ended. */
export interface Reporter {
  /** Returns at once; what is told is brought together. */
  tell(report: Told): void;
  /** Delivers what was made, or what was reached, and says how the attempt ended. Resolves when that is over. */
  end(ending: Ending): Promise<void>;
}

export interface ReporterOptions extends CallbackTools {
  /** Told when the Worker says that the attempt is over, or hears no more of it. */
  onStop(why: Extract<StopReason, "canceled" | "unheard">): void;
  /** Aborts when nothing is worth telling any more: the deadline. */
  until: AbortSignal;
}

/** Those who watch see a step within a second; more reports than that would only wear out the Worker. */
const PROGRESS_MS = 500;
/** Signs of life a lease: three must come, one may be late. */
const SIGNS = 4;
/** Checkpoints a lease, at most: what a killed attempt loses is that and a few steps. */
const CHECKPOINTS = 6;
const PREVIEW_QUALITY = 80;
/** As many as a report may bring. */
const MOST_LOSSES = 2_000;

interface Shown {
  step: number;
  picture: Picture;
}

export function openReporter(dispatch: Dispatch, { onStop, until, ...tools }: ReporterOptions): Reporter {
  const { jobId, attempt, leaseSeconds, checkpoint: earlier } = dispatch;
  const callback = openCallback(dispatch, tools);
  const signMs = (1_000 * leaseSeconds) / SIGNS;
  const checkpointMs = (1_000 * leaseSeconds) / CHECKPOINTS;

  const at = { step: earlier?.step ?? 0, steps: 0 };
  let provider: string | undefined;
  let losses: [step: number, total: number, content: number, style: number][] = [];
  let preview: Shown | undefined;
  let checkpoint: { step: number; state: Picture | string } | undefined;
  let begun = false;
  const last = {
    any: Number.NEGATIVE_INFINITY,
    progress: Number.NEGATIVE_INFINITY,
    checkpoint: Number.NEGATIVE_INFINITY,
  };
  let wake = () => {};
  const closing = new AbortController();
  /** For what is not worth waiting for once there is something better to tell. */
  const meanwhile = AbortSignal.any([until, closing.signal]);
  const talking = talk();

  return {
    tell(report) {
      switch (report.kind) {
        case "started":
          at.steps = report.steps;
          provider = report.provider;
          return;
        case "progress": {
          const { step, loss, content, style } = report.losses;
          at.step = step;
          losses.push([step, loss, content, style]);
          break;
        }
        case "preview":
          if (report.step > 0) preview = report;
          break;
        case "checkpoint":
          if (report.step > 0) checkpoint = report;
          break;
        case "phase":
          return;
        default:
          report satisfies never;
      }
      wake();
    },

    async end(ending) {
      closing.abort();
      wake();
      await talking;
      switch (ending.kind) {
        case "painted":
          return succeed([putting("result", ending.picture)], ([result]) => ({
            kind: "optimizeStyle",
            result: result!,
          }));
        case "trained":
          return succeed(
            [
              { artifact: "net", bytes: ending.net, contentType: "application/octet-stream" },
              putting("thumbnail", ending.thumbnail),
            ],
            ([net, thumbnail]) => ({ kind: "trainStyle", net: net!, thumbnail: thumbnail!, traits: ending.traits }),
          );
        case "failed":
          return fail(ending.message, ending.retry);
        case "draining":
          return fail("The job service was stopped before the job was done. Start it again.", true);
        case "canceled":
          // Only for whoever reads the Worker's log: it knows already, so that one try is enough.
          await callback.report({ event: "canceled", ...at }, AbortSignal.any([until, AbortSignal.timeout(signMs)]));
          return;
        case "superseded":
        case "expired":
        case "unheard":
          return;
        default:
          ending satisfies never;
      }
    },
  };

  /** Until it is closed: what is due, or waits for it. Nothing is told of an attempt that the Worker has given up. */
  async function talk(): Promise<void> {
    while (!meanwhile.aborted) {
      try {
        const due = nextDue(performance.now());
        if (typeof due === "number") await rest(due);
        else heard(await due());
      } catch (error) {
        tools.log("error", { event: "fault", jobId, attempt, reason: reasonOf(error) });
      }
    }
  }

  /** What is to be told now; else how many milliseconds later something may be. */
  function nextDue(now: number): number | (() => Promise<Answer>) {
    const progressDue = losses.length > 0 ? last.progress + PROGRESS_MS : Number.POSITIVE_INFINITY;
    if (progressDue <= now) return tellProgress;
    // What was painted is shown when it is known that it has begun.
    if (begun && preview) return tellPreview;
    const checkpointDue = begun && checkpoint ? last.checkpoint + checkpointMs : Number.POSITIVE_INFINITY;
    if (checkpointDue <= now) return tellCheckpoint;
    const signDue = last.any + signMs;
    if (signDue <= now) return () => (begun ? tellProgress() : callback.report({ event: "queued", ...at }, until));
    return Math.min(progressDue, checkpointDue, signDue) - now;
  }

  function heard(answer: Answer): void {
    last.any = performance.now();
    if (answer !== "stop" && answer !== "unheard") return;
    closing.abort();
    onStop(answer === "stop" ? "canceled" : "unheard");
  }

  async function tellProgress(): Promise<Answer> {
    const [now, later] = [losses.slice(0, MOST_LOSSES), losses.slice(MOST_LOSSES)];
    losses = later;
    last.progress = performance.now();
    begun = true;
    return callback.report({ event: "running", ...at, provider: provider ?? "cpu", losses: now }, until);
  }

  async function tellPreview(): Promise<Answer> {
    const { step, picture } = preview!;
    preview = undefined;
    return callback.put({ ...putting("preview", await jpegOf(picture, PREVIEW_QUALITY)), step }, meanwhile);
  }

  async function tellCheckpoint(signal = meanwhile): Promise<Answer> {
    const { step, state } = checkpoint!;
    last.checkpoint = performance.now();
    const file =
      typeof state === "string"
        ? ({ artifact: "checkpoint", bytes: Buffer.from(state), contentType: "application/json" } as const)
        : putting("checkpoint", await pngOf(state));
    const answer = await callback.put({ ...file, step }, signal);
    // What was abandoned for something better may be that better thing's ground.
    if (answer !== "abandoned" && checkpoint?.step === step) checkpoint = undefined;
    return answer;
  }

  /** The rest of the curve, before what comes after it. */
  async function flush(): Promise<boolean> {
    while (losses.length > 0) if (isOver(await tellProgress())) return false;
    return true;
  }

  async function succeed(
    artifacts: readonly Putting[],
    delivered: (hashes: readonly string[]) => Extract<Telling, { event: "succeeded" }>["delivered"],
  ): Promise<void> {
    if (!(await flush())) return;
    for (const artifact of artifacts) {
      const answer = await callback.put(artifact, until);
      if (answer === "refused")
        return fail(`The job's ${artifact.artifact} was not accepted. Start the job again.`, true);
      if (isOver(answer)) return;
    }
    const hashes = artifacts.map(({ bytes }) => sha256(bytes));
    const answer = await callback.report({ event: "succeeded", ...at, delivered: delivered(hashes) }, until);
    if (answer === "refused") await fail("The job's result was not accepted. Start the job again.", true);
  }

  async function fail(message: string, retry: boolean): Promise<void> {
    if (!(await flush())) return;
    if (retry && begun && checkpoint && isOver(await tellCheckpoint(until))) return;
    await callback.report({ event: "failed", ...at, message: message.slice(0, 1_000), retry }, until);
  }

  function rest(ms: number): Promise<void> {
    return new Promise((rested) => {
      const timer = setTimeout(rested, ms);
      wake = () => {
        clearTimeout(timer);
        rested();
      };
    });
  }
}

const putting = (artifact: Putting["artifact"], { bytes, contentType, width, height }: Encoded): Putting => ({
  artifact,
  bytes,
  contentType,
  width,
  height,
});

/** Nothing that is told after it would be heard. */
const isOver = (answer: Answer) => answer !== "acknowledged" && answer !== "refused";
