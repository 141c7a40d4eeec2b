import type { Picture } from "../../imaging/picture.ts";
import { sha256 } from "../../models/importer/files.ts";
import type { Dispatch } from "../../schema/protocol/dispatch.ts";
import type { JobReport, StepLosses } from "../jobs/messages.ts";
import { type Encoded, jpegOf, pngOf } from "../pictures/encode.ts";
import type { AttemptOutcome, StopReason } from "./attempt-outcome.ts";
import {
  type ArtifactUpload,
  type CallbackOutcome,
  type CallbackTools,
  openCallback,
  type UnnumberedReport,
} from "./callback.ts";
import { reasonOf } from "./log.ts";

/** A report of a job that a dispatch can request. */
export type StyleJobReport = JobReport<StepLosses & { content: number; style: number }, Picture | string>;

/** Reports the progress and the outcome of one attempt to the Worker, and repeats its last progress often enough to keep the lease. */
export interface Reporter {
  /** Adds a report of the job. Returns at once; several reports of the job are sent to the Worker as one. */
  add(report: StyleJobReport): void;
  /** Sends the result, or the last checkpoint, and the outcome of the attempt. Resolves when that is done. */
  end(outcome: AttemptOutcome): Promise<void>;
}

export interface ReporterOptions extends CallbackTools {
  /** Called when the Worker answers that the attempt must stop (`canceled`), or refuses its reports (`unheard`). */
  onStop(reason: Extract<StopReason, "canceled" | "unheard">): void;
  /** Aborts at the job's deadline. Nothing is sent after it. */
  until: AbortSignal;
}

/** Time between progress reports. Subscribers see a step within a second; more reports would only put load on the Worker. */
const PROGRESS_MS = 500;
/** Reports per lease, if nothing else is sent. Three must arrive, so one can be late. */
const HEARTBEATS_PER_LEASE = 4;
/** Checkpoints per lease, at most. An attempt that is killed loses this interval and a few steps. */
const CHECKPOINTS_PER_LEASE = 6;
const PREVIEW_QUALITY = 80;
/** The limit of losses in one report (`schema/protocol/report.ts`). */
const MAX_LOSSES = 2_000;

interface Preview {
  step: number;
  picture: Picture;
}

export function openReporter(dispatch: Dispatch, { onStop, until, ...tools }: ReporterOptions): Reporter {
  const { jobId, attempt, leaseSeconds, checkpoint: initialCheckpoint } = dispatch;
  const callback = openCallback(dispatch, tools);
  const heartbeatMs = (1_000 * leaseSeconds) / HEARTBEATS_PER_LEASE;
  const checkpointMs = (1_000 * leaseSeconds) / CHECKPOINTS_PER_LEASE;

  const progress = { step: initialCheckpoint?.step ?? 0, steps: 0 };
  let provider: string | undefined;
  let losses: [step: number, total: number, content: number, style: number][] = [];
  let preview: Preview | undefined;
  let checkpoint: { step: number; state: Picture | string } | undefined;
  let hasSentProgress = false;
  const lastSent = {
    any: Number.NEGATIVE_INFINITY,
    progress: Number.NEGATIVE_INFINITY,
    checkpoint: Number.NEGATIVE_INFINITY,
  };
  let wake = () => {};
  const closing = new AbortController();
  /** For uploads that are no longer needed when the attempt ends. */
  const untilClosing = AbortSignal.any([until, closing.signal]);
  const loop = sendLoop();

  return {
    add(report) {
      switch (report.kind) {
        case "started":
          progress.steps = report.steps;
          provider = report.provider;
          return;
        case "progress": {
          const { step, loss, content, style } = report.losses;
          progress.step = step;
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

    async end(outcome) {
      closing.abort();
      wake();
      await loop;
      switch (outcome.kind) {
        case "painted":
          return sendSuccess([uploadOf("result", outcome.picture)], ([result]) => ({
            kind: "optimizeStyle",
            result: result!,
          }));
        case "trained":
          return sendSuccess(
            [
              { artifact: "net", bytes: outcome.net, contentType: "application/octet-stream" },
              uploadOf("thumbnail", outcome.thumbnail),
            ],
            ([net, thumbnail]) => ({ kind: "trainStyle", net: net!, thumbnail: thumbnail!, traits: outcome.traits }),
          );
        case "failed":
          return sendFailure(outcome.message, outcome.retry);
        case "draining":
          return sendFailure("The job service was stopped before the job was done. Start the job again.", true);
        case "canceled":
          // The Worker knows this already and only logs it, so this report gets the time of one heartbeat.
          await callback.report(
            { event: "canceled", ...progress },
            AbortSignal.any([until, AbortSignal.timeout(heartbeatMs)]),
          );
          return;
        case "superseded":
        case "expired":
        case "unheard":
          return;
        default:
          outcome satisfies never;
      }
    },
  };

  /** Sends what is due until the reporter is closed, or until the Worker answers that the attempt must stop. */
  async function sendLoop(): Promise<void> {
    while (!untilClosing.aborted) {
      try {
        const due = nextDue(performance.now());
        if (typeof due === "number") await sleepUntilWoken(due);
        else handleOutcome(await due());
      } catch (error) {
        tools.log("error", { event: "fault", jobId, attempt, reason: reasonOf(error) });
      }
    }
  }

  /** The function that sends what is due now. If nothing is due, the number of milliseconds until something can be. */
  function nextDue(now: number): number | (() => Promise<CallbackOutcome>) {
    const progressDue = losses.length > 0 ? lastSent.progress + PROGRESS_MS : Number.POSITIVE_INFINITY;
    if (progressDue <= now) return sendProgress;
    // Previews and checkpoints follow the first progress report, because that report starts the job.
    if (hasSentProgress && preview) return sendPreview;
    const checkpointDue = hasSentProgress && checkpoint ? lastSent.checkpoint + checkpointMs : Number.POSITIVE_INFINITY;
    if (checkpointDue <= now) return sendCheckpoint;
    const heartbeatDue = lastSent.any + heartbeatMs;
    if (heartbeatDue <= now)
      return () => (hasSentProgress ? sendProgress() : callback.report({ event: "queued", ...progress }, until));
    return Math.min(progressDue, checkpointDue, heartbeatDue) - now;
  }

  function handleOutcome(outcome: CallbackOutcome): void {
    lastSent.any = performance.now();
    if (outcome !== "stop" && outcome !== "attemptRefused") return;
    closing.abort();
    onStop(outcome === "stop" ? "canceled" : "unheard");
  }

  async function sendProgress(): Promise<CallbackOutcome> {
    const [current, remaining] = [losses.slice(0, MAX_LOSSES), losses.slice(MAX_LOSSES)];
    losses = remaining;
    lastSent.progress = performance.now();
    hasSentProgress = true;
    return callback.report({ event: "running", ...progress, provider: provider ?? "cpu", losses: current }, until);
  }

  async function sendPreview(): Promise<CallbackOutcome> {
    const { step, picture } = preview!;
    preview = undefined;
    return callback.put({ ...uploadOf("preview", await jpegOf(picture, PREVIEW_QUALITY)), step }, untilClosing);
  }

  async function sendCheckpoint(signal = untilClosing): Promise<CallbackOutcome> {
    const { step, state } = checkpoint!;
    lastSent.checkpoint = performance.now();
    const file =
      typeof state === "string"
        ? ({ artifact: "checkpoint", bytes: Buffer.from(state), contentType: "application/json" } as const)
        : uploadOf("checkpoint", await pngOf(state));
    const outcome = await callback.put({ ...file, step }, signal);
    // An abandoned checkpoint is still needed: `sendFailure` sends it again.
    if (outcome !== "abandoned" && checkpoint?.step === step) checkpoint = undefined;
    return outcome;
  }

  /** Sends the remaining losses. Returns whether the attempt can send more. */
  async function flush(): Promise<boolean> {
    while (losses.length > 0) if (isOver(await sendProgress())) return false;
    return true;
  }

  async function sendSuccess(
    artifacts: readonly ArtifactUpload[],
    delivered: (hashes: readonly string[]) => Extract<UnnumberedReport, { event: "succeeded" }>["delivered"],
  ): Promise<void> {
    if (!(await flush())) return;
    for (const artifact of artifacts) {
      const outcome = await callback.put(artifact, until);
      if (outcome === "refused")
        return sendFailure(`The Worker refused the job's ${artifact.artifact}. Start the job again.`, true);
      if (isOver(outcome)) return;
    }
    const hashes = artifacts.map(({ bytes }) => sha256(bytes));
    const outcome = await callback.report({ event: "succeeded", ...progress, delivered: delivered(hashes) }, until);
    if (outcome === "refused") await sendFailure("The Worker refused the job's result. Start the job again.", true);
  }

  async function sendFailure(message: string, retry: boolean): Promise<void> {
    if (!(await flush())) return;
    if (retry && hasSentProgress && checkpoint && isOver(await sendCheckpoint(until))) return;
    await callback.report({ event: "failed", ...progress, message: message.slice(0, 1_000), retry }, until);
  }

  function sleepUntilWoken(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const uploadOf = (
  artifact: ArtifactUpload["artifact"],
  { bytes, contentType, width, height }: Encoded,
): ArtifactUpload => ({ artifact, bytes, contentType, width, height });

/** Whether the attempt is over, so that the Worker would ignore further reports. */
const isOver = (outcome: CallbackOutcome) => outcome !== "acknowledged" && outcome !== "refused";
