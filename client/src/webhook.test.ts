import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { verifyWebhook, WebhookVerificationError } from "./webhook.ts";

const SECRET = `whsec_${btoa("a secret of thirty-two characters")}`;
const BODY = JSON.stringify({ type: "job.succeeded", timestamp: "2026-11-30T00:00:00.000Z", data: { id: "job_1" } });

/** A webhook signed by the reference implementation. */
function signed({ sentAt = new Date(), body = BODY, secret = SECRET } = {}) {
  return {
    body,
    headers: {
      "webhook-id": "job_1",
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1_000)),
      "webhook-signature": new Webhook(secret).sign("job_1", sentAt, body),
    },
  };
}

test("a signed webhook is verified, with plain headers, with Headers, and beside signatures of other versions and keys", async () => {
  const webhook = signed();
  const event = { type: "job.succeeded", data: { id: "job_1" } };
  expect(await verifyWebhook(webhook, SECRET)).toMatchObject(event);
  expect(await verifyWebhook({ ...webhook, headers: new Headers(webhook.headers) }, SECRET)).toMatchObject(event);
  const several = `v2,abc v1,${btoa("another key")} v1,%%% ${webhook.headers["webhook-signature"]}`;
  const headers = { ...webhook.headers, "webhook-signature": several };
  expect(await verifyWebhook({ ...webhook, headers }, SECRET)).toMatchObject(event);
});

test.each([
  ["with a changed body", { ...signed(), body: BODY.replace("job_1", "job_2") }],
  ["signed with another secret", signed({ secret: `whsec_${btoa("another secret of the same length")}` })],
  ["of ten minutes ago", signed({ sentAt: new Date(Date.now() - 600_000) })],
  ["of the future", signed({ sentAt: new Date(Date.now() + 600_000) })],
  ["without headers", { ...signed(), headers: {} }],
  ["with another id", { ...signed(), headers: { ...signed().headers, "webhook-id": "job_2" } }],
  [
    "with a changed time",
    { ...signed(), headers: { ...signed().headers, "webhook-timestamp": String(Math.floor(Date.now() / 1_000) - 9) } },
  ],
])("a webhook %s is refused", async (_, webhook) => {
  await expect(verifyWebhook(webhook, SECRET)).rejects.toThrow(WebhookVerificationError);
});
