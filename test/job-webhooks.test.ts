import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readText } from "./support/fake-job-service.ts";
import { type JobWorker, startJobWorker } from "./support/job-worker.ts";
import { cancel, readJob, startOptimization, waitForJob, waitForState } from "./support/jobs.ts";

/** Webhooks of jobs, with a receiver on this machine. */
let jobs: JobWorker;
let secret: string;
interface Event {
  type: string;
  data: { id: string; state: string; error: string | null; result: { url: string; sha256: string } | null };
}
const received: { path: string; headers: IncomingHttpHeaders; body: string }[] = [];
/** The receiver's answer at a path, by the number of calls there. */
const answers = new Map<string, (times: number) => { status: number; location?: string }>();
const receiver = createServer(async (request, response) => {
  const path = request.url ?? "";
  received.push({ path, headers: request.headers, body: await readText(request) });
  const { status, location } = answers.get(path)?.(callsTo(path).length) ?? { status: 204 };
  response.writeHead(status, location ? { location } : {}).end();
});
const callsTo = (path: string) => received.filter((call) => call.path === path);
let address: string;

beforeAll(async () => {
  await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  jobs = await startJobWorker({ JOB_LEASE_SECONDS: "600", WEBHOOK_RETRY_SECONDS: "0.2 0.2" });
  const { viewer } = await jobs.api.request<{ viewer: { tenant: { webhookSecret: string } } }>(
    "{ viewer { tenant { webhookSecret } } }",
  );
  secret = viewer.tenant.webhookSecret;
});
afterAll(async () => {
  await jobs.close();
  await new Promise((closed) => receiver.close(closed));
});

/** Starts a job with a webhook at this path, and waits for its dispatch. */
async function startJob(path: string) {
  const { job } = await startOptimization(jobs.api, { webhook: address + path });
  return { id: job.id, attempt: await jobs.service.waitForAttempt(job.id) };
}
const verified = ({ body, headers }: (typeof received)[number]) =>
  new Webhook(secret).verify(body, headers as Record<string, string>) as Event;

test("success is delivered once, signed by Standard Webhooks, with a valid address of the picture", async () => {
  const { id, attempt } = await startJob("/success");
  await attempt.succeed();
  await expect.poll(() => callsTo("/success").length, { timeout: 15_000 }).toBe(1);
  const [call] = callsTo("/success");
  const event = verified(call!);
  expect(event).toMatchObject({ type: "job.succeeded", data: { id, state: "SUCCEEDED", error: null } });
  expect(call!.headers["webhook-id"]).toBe(id);
  expect((await fetch(event.data.result!.url)).status).toBe(200);
  expect(() => new Webhook(secret).verify(`${call!.body} `, call!.headers as Record<string, string>)).toThrow();
});

test("a failure and a cancellation are delivered", async () => {
  const { attempt } = await startJob("/failure");
  await attempt.report({ event: "failed", message: "Give fewer steps.", retry: false, step: 1, steps: 10 });
  const { id } = await startJob("/cancel");
  await cancel(jobs.api, id);
  await expect.poll(() => callsTo("/failure").length + callsTo("/cancel").length, { timeout: 15_000 }).toBe(2);
  expect(verified(callsTo("/failure")[0]!)).toMatchObject({ type: "job.failed", data: { error: "Give fewer steps." } });
  expect(verified(callsTo("/cancel")[0]!)).toMatchObject({ type: "job.canceled", data: { result: null } });
});

test("a failed delivery is retried with the same id until it succeeds", async () => {
  answers.set("/shaky", (times) => ({ status: times < 3 ? 500 : 200 }));
  const { id, attempt } = await startJob("/shaky");
  await attempt.succeed();
  await expect.poll(() => callsTo("/shaky").length, { timeout: 15_000 }).toBe(3);
  expect(new Set(callsTo("/shaky").map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([id]));
  for (const call of callsTo("/shaky")) verified(call);
});

test("delivery stops after the last try and after 410, and redirects are not followed", async () => {
  answers.set("/deaf", () => ({ status: 500 }));
  answers.set("/gone", () => ({ status: 410 }));
  answers.set("/moved", () => ({ status: 302, location: `${address}/elsewhere` }));
  for (const path of ["/deaf", "/gone", "/moved"]) await (await startJob(path)).attempt.succeed();
  await expect.poll(() => [callsTo("/deaf").length, callsTo("/moved").length], { timeout: 20_000 }).toEqual([3, 3]);
  await new Promise((later) => setTimeout(later, 1_500));
  expect(
    [callsTo("/deaf"), callsTo("/gone"), callsTo("/moved"), callsTo("/elsewhere")].map((calls) => calls.length),
  ).toEqual([3, 1, 3, 0]);
});

describe("the job and the log show", () => {
  /** Runs a job with a webhook at this address, and waits until its webhook was delivered or given up. */
  async function settleWebhook(webhook: string) {
    const { job } = await startOptimization(jobs.api, { webhook });
    await (await jobs.service.waitForAttempt(job.id)).succeed();
    await expect
      .poll(() => jobs.query("select id from jobs where id = ? and webhook_settled_at is not null", job.id), {
        timeout: 15_000,
      })
      .toHaveLength(1);
    return { ...(await readJob(jobs.api, job.id)), log: jobs.logEntries(job.id) };
  }

  test("when the webhook was delivered, also after failed tries", async () => {
    answers.set("/second", (times) => ({ status: times < 2 ? 503 : 200 }));
    const { webhookError, webhookDeliveredAt, finishedAt, log } = await settleWebhook(`${address}/second`);
    expect(webhookError).toBeNull();
    expect(Date.parse(webhookDeliveredAt!)).toBeGreaterThanOrEqual(Date.parse(finishedAt!));
    expect(log).toMatchObject([{ level: "warn", event: "job.webhook.failed", cause: "status", status: 503 }]);
  });

  const secret = "?token=hush";
  test.each<[string, () => string, RegExp, object, number]>([
    [
      "an answer that is not 2xx",
      () => `${address}/never${secret}`,
      /returned HTTP 500/,
      { cause: "status", status: 500 },
      3,
    ],
    ["410", () => `${address}/left${secret}`, /returned HTTP 410 \(Gone\)/, { cause: "status", status: 410 }, 1],
  ])("why the webhook was not delivered: %s", async (_, webhook, expected, failure, times) => {
    for (const [path, status] of Object.entries({ never: 500, left: 410 }))
      answers.set(`/${path}${secret}`, () => ({ status }));
    const { webhookError, webhookDeliveredAt, log } = await settleWebhook(webhook());
    expect(webhookError).toMatch(expected);
    expect(webhookDeliveredAt).toBeNull();
    expect(log).toMatchObject([
      ...Array(times).fill({ event: "job.webhook.failed", ...failure }),
      { event: "job.webhook.undelivered" },
    ]);
    expect(JSON.stringify([webhookError, log])).not.toMatch(/hush|127\.0\.0\.1/);
  });
});

test.each([
  "http://example.com/",
  "https://10.0.0.1/",
  "https://[fd00::1]/",
  "https://169.254.169.254/latest",
  "https://db.internal/",
  "https://user:word@example.com/",
  "https://example.com:8443/",
])("a job with a webhook at %s is refused", async (webhook) => {
  await expect(startOptimization(jobs.api, { webhook })).rejects.toThrow(/input\.webhook is not valid/);
});

test("a webhook whose address is forbidden when the job ends is not called", async () => {
  const { id, attempt } = await startJob("/allowed");
  // This address leads to the same receiver, but is not a loopback address.
  const forbidden = `${address.replace("127.0.0.1", "0.0.0.0")}/forbidden`;
  expect((await fetch(forbidden)).ok).toBe(true);
  await jobs.query("update jobs set webhook = ?, version = version + 1 where id = ?", forbidden, id);
  await attempt.succeed();
  await waitForState(jobs.api, id, "SUCCEEDED");
  const { webhookError } = await waitForJob(jobs.api, id, (job) => job.webhookError !== null);
  expect(webhookError).toBe("The webhook was not called: its address must begin with https://.");
  expect(jobs.logEntries(id)).toMatchObject([{ cause: "address" }, { event: "job.webhook.undelivered" }]);
  expect([callsTo("/forbidden").length, callsTo("/allowed").length]).toEqual([1, 0]);
});

test("each tenant has its own webhook secret", async () => {
  const other = await jobs.worker.tenant();
  const ask = "{ viewer { tenant { webhookSecret } } }";
  const theirs = await other.api.request<{ viewer: { tenant: { webhookSecret: string } } }>(ask);
  expect(theirs.viewer.tenant.webhookSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(theirs.viewer.tenant.webhookSecret).not.toBe(secret);
});
