import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Dispatch } from "../../schema/protocol/dispatch.ts";
import { Acknowledgement, type Artifact, HEADERS, type Report } from "../../schema/protocol/report.ts";
import { type Log, reasonOf } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { backOff, isRetryableStatus } from "./retry.ts";

export interface CallbackTools {
  fetch: typeof fetch;
  log: Log;
  metrics: Metrics;
}

/** A report without its sequence number. The callback adds the number when it sends the report. */
export type UnnumberedReport = Report extends infer One ? (One extends Report ? Omit<One, "sequence"> : never) : never;

export interface ArtifactUpload {
  artifact: Artifact;
  bytes: Uint8Array;
  contentType: string;
  step?: number;
  width?: number;
  height?: number;
}

/**
 * - `acknowledged`: the Worker received the request.
 * - `stop`: the Worker received the request, and the attempt must stop.
 * - `refused`: the Worker refuses this request, but accepts others of this attempt.
 * - `attemptRefused`: the Worker refuses all requests of this attempt.
 * - `abandoned`: the signal aborted before the Worker answered.
 */
export type CallbackOutcome = "acknowledged" | "stop" | "refused" | "attemptRefused" | "abandoned";

/** Sends the reports and artifacts of one attempt to the Worker, one request at a time. */
export interface Callback {
  report(report: UnnumberedReport, signal: AbortSignal): Promise<CallbackOutcome>;
  put(upload: ArtifactUpload, signal: AbortSignal): Promise<CallbackOutcome>;
}

/** Timeout of one try, for a report and for an artifact of many megabytes. */
const REPORT_TIMEOUT_MS = 10_000;
const ARTIFACT_TIMEOUT_MS = 60_000;
/** How many tries a request has whose body arrives damaged. */
const MAX_DAMAGED_TRIES = 3;

/**
 * Each report and artifact gets the next sequence number. It is sent with that number until the Worker answers or the signal aborts.
 * The Worker acknowledges a request that it received before, so a lost response does no harm.
 */
export function openCallback(
  { jobId, attempt, reports }: Pick<Dispatch, "jobId" | "attempt" | "reports">,
  { fetch, log, metrics }: CallbackTools,
): Callback {
  let sequence = 0;

  return {
    report(report, signal) {
      sequence++;
      const body = Buffer.from(JSON.stringify({ ...report, sequence }));
      const request = { method: "POST", url: reports.url, body, timeoutMs: REPORT_TIMEOUT_MS } as const;
      return sendWithRetries(report.event, request, signal);
    },
    put({ artifact, bytes, contentType, step, width, height }, signal) {
      sequence++;
      const headers = {
        [HEADERS.sequence]: String(sequence),
        ...(step !== undefined && { [HEADERS.step]: String(step) }),
        ...(width !== undefined && { [HEADERS.width]: String(width) }),
        ...(height !== undefined && { [HEADERS.height]: String(height) }),
      };
      const url = `${reports.url}/${artifact}`;
      const request = {
        method: "PUT",
        url,
        body: bytes,
        contentType,
        headers,
        timeoutMs: ARTIFACT_TIMEOUT_MS,
      } as const;
      return sendWithRetries(artifact, request, signal);
    },
  };

  /** `name`: the event of a report, or the name of an artifact. */
  async function sendWithRetries(
    name: string,
    request: CallbackRequest,
    signal: AbortSignal,
  ): Promise<CallbackOutcome> {
    for (let tries = 1; ; tries++) {
      const result = signal.aborted ? "abandoned" : await sendOnce(request, signal);
      if (typeof result === "string") {
        if (result !== "stop") metrics.callbackSent(name, result === "attemptRefused" ? "refused" : result);
        else metrics.callbackSent(name, "acknowledged");
        if (result === "refused" || result === "attemptRefused")
          log("warn", { event: "report.refused", jobId, attempt, report: name });
        return result;
      }
      if (result.isDamaged && tries >= MAX_DAMAGED_TRIES) return "refused";
      metrics.callbackSent(name, "retried");
      log("warn", { event: "report.retried", jobId, attempt, report: name, reason: result.retryReason });
      await backOff(tries, signal).catch(() => undefined);
    }
  }

  async function sendOnce(
    request: CallbackRequest,
    signal: AbortSignal,
  ): Promise<CallbackOutcome | { retryReason: string; isDamaged?: true }> {
    const { method, url, body, headers, contentType = "application/json", timeoutMs } = request;
    try {
      const response = await fetch(url, {
        method,
        body: new Uint8Array(body),
        // Following a redirect would send the token to another server.
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          ...headers,
          authorization: `Bearer ${reports.token}`,
          "content-type": contentType,
          "content-digest": `sha-256=:${createHash("sha256").update(body).digest("base64")}:`,
        },
      });
      const { status, ok } = response;
      if (ok) {
        const read = v.safeParse(Acknowledgement, await response.json());
        if (!read.success) return { retryReason: "unreadable" };
        return read.output.stop ? "stop" : "acknowledged";
      }
      await response.body?.cancel();
      if (isRetryableStatus(status)) return { retryReason: String(status) };
      if (status === 400) return { retryReason: "400", isDamaged: true };
      return status === 401 || status === 403 || status === 404 || status === 410 ? "attemptRefused" : "refused";
    } catch (error) {
      return { retryReason: reasonOf(error) };
    }
  }
}

interface CallbackRequest {
  method: "POST" | "PUT";
  url: string;
  body: Uint8Array;
  contentType?: string;
  headers?: Record<string, string>;
  timeoutMs: number;
}
