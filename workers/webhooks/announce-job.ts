import { Webhook } from "standardwebhooks";
import type { Clock } from "../platform/clock.ts";
import { type AddressRules, addressTrouble } from "../platform/public-address.ts";
import { failureOf, type RequestFailure } from "../platform/request-failure.ts";
import type { Announced } from "../stylization/job-life.ts";
import type { Job } from "../stylization/jobs.ts";

export interface AnnounceTools {
  rules: AddressRules;
  fetch: typeof fetch;
  clock: Clock;
  /** The tenant's secret: `whsec_…`. */
  secretOf: (tenantId: string) => Promise<string>;
  /** The job's picture with an address that was signed now. */
  resultOf: (job: Job) => Promise<object | null>;
}

const TIME_LIMIT_MS = 15_000;

/**
 * Tells a job's webhook that the job has ended, once. By Standard Webhooks: the event has the job's id, so that whoever was told
 * twice can see it.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function announceJob(
  job: Job,
  { rules, fetch, clock, secretOf, resultOf }: AnnounceTools,
): Promise<Announced> {
  const url = URL.parse(job.webhook ?? "");
  // Asked again: what is allowed may be another thing than it was when the job was started.
  const trouble = url ? await addressTrouble(url, rules) : "is not one";
  if (!url || trouble !== undefined)
    return {
      kind: "refused",
      failure: { cause: "address" },
      message: `The webhook was not called: its address ${trouble}.`,
    };
  const body = JSON.stringify({
    type: `job.${job.state.toLowerCase()}`,
    timestamp: (job.finishedAt ?? new Date(clock())).toISOString(),
    data: {
      id: job.id,
      kind: job.kind === "optimizeStyle" ? "OPTIMIZE_STYLE" : "TRAIN_STYLE",
      state: job.state,
      error: job.error,
      result: await resultOf(job),
      styleId: job.styleId,
    },
  });
  const sent = new Date(clock());
  const signature = new Webhook(await secretOf(job.tenantId)).sign(job.id, sent, body);
  const response = await fetch(url, {
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
    headers: {
      "content-type": "application/json",
      "webhook-id": job.id,
      "webhook-timestamp": String(Math.floor(sent.getTime() / 1_000)),
      "webhook-signature": signature,
    },
    body,
  }).catch(failureOf);
  if (!(response instanceof Response)) return { kind: "failed", failure: response, message: messageOf(response) };
  await response.body?.cancel();
  const { ok, status } = response;
  if (ok) return { kind: "delivered" };
  const failure = { cause: "status", status } as const;
  return { kind: status === GONE ? "refused" : "failed", failure, message: messageOf(failure) };
}

function messageOf(failure: RequestFailure): string {
  switch (failure.cause) {
    case "timeout":
      return `The webhook did not answer within ${TIME_LIMIT_MS / 1_000} seconds. Answer first, then do the work.`;
    case "status": {
      const { status } = failure;
      if (status === GONE) return "The webhook answered 410 (Gone), and is not called again.";
      return status >= 300 && status < 400
        ? `The webhook answered ${status}. Redirects are not followed: give the final address.`
        : `The webhook answered ${status}. Only 2xx means that it has the event.`;
    }
    default:
      return "The webhook could not be reached: its name was not found, or it did not take the connection.";
  }
}

/** "The subscriber should be considered gone": the specification's own word on 410. */
const GONE = 410;
