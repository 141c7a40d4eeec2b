import { Webhook } from "standardwebhooks";
import type { Clock } from "../platform/clock.ts";
import { type AddressRules, addressTrouble } from "../platform/public-address.ts";
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
 * twice can see it. `refused`: it must not be called, or wants to be told nothing more.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function announceJob(
  job: Job,
  { rules, fetch, clock, secretOf, resultOf }: AnnounceTools,
): Promise<"delivered" | "refused" | "failed"> {
  const url = URL.parse(job.webhook ?? "");
  // Asked again: what is allowed may be another thing than it was when the job was started.
  if (!url || (await addressTrouble(url, rules))) return "refused";
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
  try {
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
    });
    await response.body?.cancel();
    if (response.ok) return "delivered";
    return response.status === GONE ? "refused" : "failed";
  } catch {
    // A name, a connection, the time limit: all at the other end.
    return "failed";
  }
}

/** "The subscriber should be considered gone": the specification's own word on 410. */
const GONE = 410;
