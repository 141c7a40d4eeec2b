import type { JobKind, JobState, StoredImageFragment } from "./documents.generated.ts";

/** The event that a job has ended. */
export interface JobEvent {
  type: "job.succeeded" | "job.failed" | "job.canceled" | "job.expired";
  /** When the job ended, in RFC 3339 format. */
  timestamp: string;
  data: {
    id: string;
    kind: JobKind;
    state: JobState;
    error: string | null;
    /** The resulting image; null if there is none. */
    result: StoredImageFragment | null;
    /** The trained style; null if there is none. */
    styleId: string | null;
  };
}

/** The webhook was not sent by the service, or it is too old. */
export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
}

/** A webhook as it was received. */
export interface ReceivedWebhook {
  headers: Headers | Record<string, string | string[] | undefined>;
  /** The body as text, exactly as it was received. */
  body: string;
}

/** The maximum age of a webhook, and the maximum difference of the clocks, in seconds. */
const TOLERANCE_SECONDS = 5 * 60;

/**
 * Verifies the signature of a webhook and returns its event. `secret`: `viewer { tenant { webhookSecret } }`. The header `webhook-id`
 * is the same when an event is sent again. Throws a {@link WebhookVerificationError}.
 *
 * Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function verifyWebhook({ headers, body }: ReceivedWebhook, secret: string): Promise<JobEvent> {
  const header = (name: string) => String((headers instanceof Headers ? headers.get(name) : headers[name]) ?? "");
  const timestamp = header("webhook-timestamp");
  const age = Math.abs(Date.now() / 1_000 - Number(timestamp));
  if (timestamp === "" || !(age <= TOLERANCE_SECONDS))
    throw new WebhookVerificationError(
      "The header webhook-timestamp is missing or too old. Check the clock of this machine.",
    );
  const key = await crypto.subtle.importKey(
    "raw",
    bytesOf(secret.replace(/^whsec_/, "")),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const signed = new TextEncoder().encode(`${header("webhook-id")}.${timestamp}.${body}`);
  for (const signature of header("webhook-signature").split(" ")) {
    const [version, base64 = ""] = signature.split(",");
    if (version === "v1" && (await crypto.subtle.verify("HMAC", key, bytesOf(base64), signed))) return JSON.parse(body);
  }
  throw new WebhookVerificationError(
    "No signature in the header webhook-signature is valid. Check the secret, and pass the body exactly as received.",
  );
}

/** Returns no bytes if the text is not base64. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
