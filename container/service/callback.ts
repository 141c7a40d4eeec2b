import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Dispatch } from "../../schema/protocol/dispatch.ts";
import { Acknowledgement, type Artifact, HEADERS, type Report } from "../../schema/protocol/report.ts";
import { type Log, reasonOf } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { backOff, mayPass } from "./retry.ts";

export interface CallbackTools {
  fetch: typeof fetch;
  log: Log;
  metrics: Metrics;
}

/** A report without its sequence number, which it gets when it is sent. */
export type Telling = Report extends infer One ? (One extends Report ? Omit<One, "sequence"> : never) : never;

export interface Putting {
  artifact: Artifact;
  bytes: Uint8Array;
  contentType: string;
  step?: number;
  width?: number;
  height?: number;
}

/** `refused`: the Worker takes everything but this. `unheard`: it takes nothing of this attempt. */
export type Answer = "acknowledged" | "stop" | "refused" | "unheard" | "abandoned";

/** The line to the Worker for one attempt. One thing at a time is told. */
export interface Callback {
  report(telling: Telling, signal: AbortSignal): Promise<Answer>;
  put(putting: Putting, signal: AbortSignal): Promise<Answer>;
}

/** How long one try may take: of a report, and of an artifact of many megabytes. */
const REPORT_MS = 10_000;
const ARTIFACT_MS = 60_000;
/** Bytes that were damaged on the way are sent again, but not for ever. */
const MOST_DAMAGED = 3;

/**
 * Each thing that is told has the next sequence number, and is tried with it until the Worker has answered or the signal
 * aborts: whatever the Worker had heard already it acknowledges, so that a lost answer costs nothing.
 */
export function openCallback(
  { jobId, attempt, reports }: Pick<Dispatch, "jobId" | "attempt" | "reports">,
  { fetch, log, metrics }: CallbackTools,
): Callback {
  let sequence = 0;

  return {
    report(telling, signal) {
      sequence++;
      const body = Buffer.from(JSON.stringify({ ...telling, sequence }));
      return told(telling.event, { method: "POST", url: reports.url, body, limitMs: REPORT_MS }, signal);
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
      return told(artifact, { method: "PUT", url, body: bytes, contentType, headers, limitMs: ARTIFACT_MS }, signal);
    },
  };

  async function told(what: string, sending: Sending, signal: AbortSignal): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const answer = signal.aborted ? "abandoned" : await once(sending, signal);
      if (typeof answer === "string") {
        if (answer !== "stop") metrics.told(what, answer === "unheard" ? "refused" : answer);
        else metrics.told(what, "acknowledged");
        if (answer === "refused" || answer === "unheard")
          log("warn", { event: "report.refused", jobId, attempt, told: what });
        return answer;
      }
      if (answer.damaged && tries >= MOST_DAMAGED) return "refused";
      metrics.told(what, "retried");
      log("warn", { event: "report.retried", jobId, attempt, told: what, reason: answer.again });
      await backOff(tries, signal).catch(() => undefined);
    }
  }

  async function once(sending: Sending, signal: AbortSignal): Promise<Answer | { again: string; damaged?: true }> {
    const { method, url, body, headers, contentType = "application/json", limitMs } = sending;
    try {
      const response = await fetch(url, {
        method,
        body: new Uint8Array(body),
        // A token goes to whom it was meant for, and nowhere else.
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
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
        if (!read.success) return { again: "unreadable" };
        return read.output.stop ? "stop" : "acknowledged";
      }
      await response.body?.cancel();
      if (mayPass(status)) return { again: String(status) };
      if (status === 400) return { again: "400", damaged: true };
      return status === 401 || status === 403 || status === 404 || status === 410 ? "unheard" : "refused";
    } catch (error) {
      return { again: reasonOf(error) };
    }
  }
}

interface Sending {
  method: "POST" | "PUT";
  url: string;
  body: Uint8Array;
  contentType?: string;
  headers?: Record<string, string>;
  limitMs: number;
}
