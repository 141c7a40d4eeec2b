import { Webhook } from "standardwebhooks";
import type { Job } from "../jobs/jobs.ts";
import type { WebhookOutcome } from "../jobs/run-job.ts";
import type { Clock } from "../platform/clock.ts";
import { type AddressRules, addressTrouble } from "../platform/public-address.ts";
import { failureOf, type RequestFailure } from "../platform/request-failure.ts";
import { JOB_KINDS } from "../stylization/job-kinds.ts";

export interface DeliverWebhookDeps {
  rules: AddressRules;
  fetch: typeof fetch;
  clock: Clock;
  /** The tenant's webhook secret: `whsec_…`. */
  secretOf: (tenantId: string) => Promise<string>;
  /** The job's result with a new signed URL. Null if there is none. */
  resultOf: (job: Job) => Promise<object | null>;
}

const TIMEOUT_MS = 15_000;

/**
 * Sends the event that the job has ended to its webhook, once, according to Standard Webhooks. The id of the event is the job's id, so
 * the receiver can detect a repeated event.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function deliverWebhook(
  job: Job,
  { rules, fetch, clock, secretOf, resultOf }: DeliverWebhookDeps,
): Promise<WebhookOutcome> {
  const url = URL.parse(job.webhook ?? "");
  // The URL was checked when the job was started. It is checked again because the rules may have changed since.
  const problem = url ? await addressTrouble(url, rules) : "is not a valid URL";
  if (!url || problem !== undefined)
    return {
      kind: "refused",
      failure: { cause: "address" },
      message: `The webhook was not called: its address ${problem}.`,
    };
  const body = JSON.stringify({
    type: `job.${job.state.toLowerCase()}`,
    timestamp: (job.finishedAt ?? new Date(clock())).toISOString(),
    data: {
      id: job.id,
      kind: JOB_KINDS[job.kind].publicName,
      state: job.state,
      error: job.error,
      result: await resultOf(job),
      styleId: job.styleId,
    },
  });
  const sentAt = new Date(clock());
  const signature = new Webhook(await secretOf(job.tenantId)).sign(job.id, sentAt, body);
  const response = await fetch(url, {
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      "content-type": "application/json",
      "webhook-id": job.id,
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1_000)),
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
      return `The webhook did not respond within ${TIMEOUT_MS / 1_000} seconds. Respond first, then process the event.`;
    case "status": {
      const { status } = failure;
      if (status === GONE) return "The webhook returned HTTP 410 (Gone). It will not be called again.";
      return status >= 300 && status < 400
        ? `The webhook returned HTTP ${status}. Redirects are not followed. Use the final URL.`
        : `The webhook returned HTTP ${status}. Return a 2xx status to confirm the event.`;
    }
    default:
      return "The webhook could not be reached: its host name was not found, or it refused the connection. Check its URL.";
  }
}

/** Standard Webhooks: a receiver that responds with 410 wants no more events. */
const GONE = 410;
