import { readFileSync } from "node:fs";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newSecrets } from "../cli/signing-keys.ts";
import { HEADERS } from "../schema/protocol/report.ts";
import { AUDIENCES } from "../schema/protocol/tokens.ts";
import { systemClock } from "../workers/platform/clock.ts";
import { createSigner } from "../workers/platform/signing.ts";
import { type Attempt, DONE, type Overrides, picture, sha256 } from "./support/fake-job-service.ts";
import { type JobWorker, startJobWorker } from "./support/job-worker.ts";
import { cancel, readJob, startOptimization, startTraining, waitForState } from "./support/jobs.ts";

/** Valid and invalid reports of the job service. Leases are long, so that only reports change a job. */
let jobs: JobWorker;
let attempt: Attempt;
let jobId: string;

beforeAll(async () => {
  jobs = await startJobWorker({ JOB_LEASE_SECONDS: "600" });
  ({ attempt, jobId } = await startRunningJob());
});
afterAll(() => jobs.close());

/** Starts a job and returns its running attempt. */
async function startRunningJob() {
  const { job } = await startOptimization(jobs.api);
  const attempt = await jobs.service.waitForAttempt(job.id);
  await attempt.running(1);
  return { attempt, jobId: job.id };
}

/** All data that a report could change. */
async function readState(id = jobId) {
  const [job] = await jobs.query("select * from jobs where id = ?", id);
  const audit = await jobs.query("select action from audit where target = ? order by id", id);
  return { job, audit, ...(await jobs.listBlobs()) };
}

/** Expects this answer, and that the request changes nothing. */
async function expectNoChange(id: string, expected: object, what: () => Promise<object>) {
  const before = await readState(id);
  expect(await what()).toMatchObject(expected);
  expect(await readState(id)).toEqual(before);
}

const pause = (ms: number) => new Promise((later) => setTimeout(later, ms));

/** Sends the first bytes of a preview. The caller finishes or aborts it. */
function openPreview({ dispatch }: Attempt, sequence: number) {
  const { url, token } = dispatch.reports;
  const bytes = picture();
  const sending = request(`${url}/preview`, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "image/jpeg",
      "content-length": bytes.length,
      "content-digest": `sha-256=:${Buffer.from(sha256(bytes), "hex").toString("base64")}:`,
      ...{ [HEADERS.sequence]: sequence, [HEADERS.step]: 1, [HEADERS.width]: 64, [HEADERS.height]: 48 },
    },
  });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    sending.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
  });
  answered.catch(() => undefined);
  sending.write(bytes.subarray(0, 100));
  return {
    finish: () => {
      sending.end(bytes.subarray(100));
      return answered;
    },
    breakOff: () => sending.destroy(),
  };
}

const issuer = () => new URL(jobs.worker.url).origin;
const claims = () => ({ sub: jobId, attempt: 1, tenant: jobs.tenantId });
const later = () => new Date(Date.now() + 60_000);

describe("a token", () => {
  const tokens: Record<string, () => Promise<string>> = {
    "that is not a token": async () => "nonsense",
    "signed with an unknown key": async () => {
      const signer = createSigner((await newSecrets()).SIGNING_KEYS, issuer(), systemClock);
      return signer.sign(AUDIENCES.report, claims(), later());
    },
    "without a signature": async () => {
      const [, body] = attempt.dispatch.reports.token.split(".");
      return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`;
    },
    "that has expired": () =>
      createSigner(jobs.worker.secrets.SIGNING_KEYS, issuer(), systemClock).sign(
        AUDIENCES.report,
        claims(),
        new Date(Date.now() - 1_000),
      ),
    "of another issuer": () =>
      createSigner(jobs.worker.secrets.SIGNING_KEYS, "https://elsewhere.example", systemClock).sign(
        AUDIENCES.report,
        claims(),
        later(),
      ),
    "for another audience": () =>
      createSigner(jobs.worker.secrets.SIGNING_KEYS, issuer(), systemClock).sign(AUDIENCES.job, claims(), later()),
    "of another job": async () => (await startRunningJob()).attempt.dispatch.reports.token,
  };
  test.each(Object.entries(tokens))("%s is refused", async (_, make) => {
    const token = await make();
    await expectNoChange(jobId, { status: 401 }, () => attempt.running(2, 10, { token, sequence: 1_000 }));
    await expectNoChange(jobId, { status: 401 }, () => attempt.put("preview", picture(), { token, sequence: 1_001 }));
  });
});

describe("an invalid delivery is refused and leaves nothing", () => {
  const INVALID_REPORTS: [string, number, (over: Overrides) => Promise<object>][] = [
    ["a report with another body's hash", 400, (o) => attempt.running(2, 10, { ...o, headers: digest("else") })],
    ["an artifact with another body's hash", 400, (o) => put("preview", picture(), o, digest("else"))],
    ["a report without a hash", 400, (o) => attempt.running(2, 10, { ...o, headers: { "content-digest": "" } })],
    ["a report that is not JSON", 400, (o) => attempt.send("POST", "", Buffer.from("{"), "application/json", o)],
    ["an empty report", 422, (o) => attempt.send("POST", "", Buffer.from("{}"), "application/json", o)],
    ["a report as a form", 415, (o) => attempt.send("POST", "", Buffer.from("a=b"), "text/plain", o)],
    [
      "a report that is too large",
      413,
      (o) => attempt.send("POST", "", Buffer.alloc(2 ** 18 + 1), "application/json", o),
    ],
    ["a preview that is too large", 413, (o) => put("preview", Buffer.alloc(8 * 2 ** 20 + 1), o)],
    ["an unknown artifact", 404, (o) => put("secret", picture(), o)],
    ["a result that is not a picture", 422, (o) => put("result", Buffer.from("not a picture"), o)],
    ["a result that is half a picture", 422, (o) => put("result", picture().subarray(0, 200), o)],
    ["a result whose size differs from its headers", 422, (o) => put("result", picture(32, 32), o)],
    ["a result whose type differs from its headers", 422, (o) => put("result", picture(64, 48, "image/png"), o)],
    ["a preview with a negative step", 422, (o) => put("preview", picture(), o, { [HEADERS.step]: "-1" })],
    ["a net that is not ONNX", 422, (o) => put("net", Buffer.from("not a net"), o)],
    ["success without a result", 422, (o) => attempt.report({ ...DONE, delivered: result("nothing") }, o)],
    ["success of another job kind", 422, (o) => attempt.report({ ...DONE, delivered: training() }, o)],
  ];
  const put = (name: string, bytes: Uint8Array, over: Overrides, headers = {}) =>
    attempt.put(name, bytes, { ...over, headers });
  const digest = (of: string) => ({
    "content-digest": `sha-256=:${Buffer.from(sha256(of), "hex").toString("base64")}:`,
  });
  const result = (of: string) => ({ kind: "optimizeStyle" as const, result: sha256(of) });
  const training = () => ({ kind: "trainStyle" as const, net: sha256("a"), thumbnail: sha256("b"), traits: TRAITS });

  test.each(INVALID_REPORTS)("%s", async (_, status, send) => {
    await expectNoChange(jobId, { status, error: expect.any(String) }, () => send({ sequence: 2_000 }));
  });

  test("success with the hash of another result", async () => {
    const { attempt, jobId } = await startRunningJob();
    await attempt.put("result", picture());
    await expectNoChange(jobId, { status: 422, error: expect.stringContaining("SHA-256") }, () =>
      attempt.report({ ...DONE, delivered: result("something else") }),
    );
    expect(await attempt.report({ ...DONE, delivered: { kind: "optimizeStyle", result: sha256(picture()) } })).toEqual({
      status: 200,
      stop: true,
    });
  });

  test("a truncated body", async () => {
    const before = await readState();
    const sending = openPreview(attempt, 2_000);
    await pause(200);
    sending.breakOff();
    await expect.poll(() => readState(), { timeout: 10_000 }).toEqual(before);
    expect(await attempt.running(2)).toEqual({ status: 200, stop: false });
  });

  test("a body without Content-Length", async () => {
    const response = await fetch(attempt.dispatch.reports.url, {
      method: "POST",
      headers: { authorization: `Bearer ${attempt.dispatch.reports.token}`, "content-type": "application/json" },
      body: new Blob(["{}"]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(411);
  });
});

describe("sequence numbers", () => {
  test("a duplicate or outdated report is acknowledged and changes nothing", async () => {
    const { attempt, jobId } = await startRunningJob();
    await attempt.running(5);
    await attempt.put("preview");
    const again = { sequence: attempt.sequence };
    await expectNoChange(jobId, { status: 200, stop: false }, () => attempt.running(9, 10, again));
    await expectNoChange(jobId, { status: 200, stop: false }, () => attempt.put("preview", picture(), again));
    await expectNoChange(jobId, { status: 200, stop: false }, () => attempt.running(3, 10, { sequence: 1 }));
    await expectNoChange(jobId, { status: 200, stop: false }, () =>
      attempt.report({ event: "failed", message: "late", retry: false, step: 1, steps: 10 }, { sequence: 1 }),
    );
    expect((await readJob(jobs.api, jobId)).step).toBe(5);
  });

  test("twenty concurrent reports leave the highest step, all accepted losses and one preview object", async () => {
    const { attempt, jobId } = await startRunningJob();
    await Promise.all(Array.from({ length: 20 }, (_, i) => attempt.running(i + 2, 30)));
    const before = await jobs.listBlobs();
    await Promise.all(
      Array.from({ length: 5 }, (_, i) => attempt.put("preview", picture(64, 48, "image/jpeg", `#${i}${i}0`))),
    );
    const job = await readJob(jobs.api, jobId);
    expect(job.step).toBe(21);
    const steps = job.losses.map(({ step }) => step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    const { objects, rows } = await jobs.listBlobs();
    expect(objects).toEqual(rows);
    expect(rows).toHaveLength(before.rows.length + 1);
  });

  test("a preview that arrives after a later report is acknowledged and not stored", async () => {
    const { attempt, jobId } = await startRunningJob();
    const before = await jobs.listBlobs();
    const sending = openPreview(attempt, 10);
    await pause(200);
    expect(await attempt.running(2, 10, { sequence: 11 })).toEqual({ status: 200, stop: false });
    expect(await sending.finish()).toBe(200);
    expect(await jobs.listBlobs()).toEqual(before);
    expect(await readJob(jobs.api, jobId)).toMatchObject({ step: 2, preview: null });
  });

  test("a success that is reported several times at once counts once", async () => {
    const { attempt, jobId } = await startRunningJob();
    const bytes = picture();
    await attempt.put("result", bytes);
    const success = (sequence: number) =>
      attempt.report({ ...DONE, delivered: { kind: "optimizeStyle", result: sha256(bytes) } }, { sequence });
    const answers = await Promise.all([success(50), success(50), success(51)]);
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ status: 200, stop: true })));
    const { audit } = await readState(jobId);
    expect(audit.map((row) => (row as { action: string }).action)).toEqual([
      "optimizeStyle",
      "beginJobAttempt",
      "dispatchJob",
      "runJob",
      "succeedJob",
    ]);
    await expectNoChange(jobId, { status: 200, stop: true }, () => success(60));
    await expectNoChange(jobId, { status: 200, stop: true }, () => attempt.put("result", picture(), { sequence: 61 }));
    await expectNoChange(jobId, { status: 200, stop: true }, () => attempt.running(3, 10, { sequence: 62 }));
  });
});

describe("after a cancellation", () => {
  test("reports of the job are answered with stop, and deliveries change nothing", async () => {
    const { attempt, jobId } = await startRunningJob();
    const outcomes = await Promise.all([cancel(jobs.api, jobId), cancel(jobs.api, jobId)]);
    for (const { __typename, job } of outcomes) {
      expect({ __typename, state: job.state }).toEqual({ __typename: "JobCanceled", state: "CANCELED" });
    }
    const canceled = await jobs.query("select * from audit where target = ? and action = 'cancelJob'", jobId);
    expect(canceled).toHaveLength(1);
    await expectNoChange(jobId, { status: 200, stop: true }, () => attempt.running(2));
    await expectNoChange(jobId, { status: 200, stop: true }, () => attempt.succeed());
    await expectNoChange(jobId, { status: 200, stop: true }, () =>
      attempt.report({ event: "canceled", step: 2, steps: 10 }),
    );
    expect((await cancel(jobs.api, jobId)).job.state).toBe("CANCELED");
  });

  test("a finished job cannot be canceled", async () => {
    const { attempt, jobId } = await startRunningJob();
    await attempt.succeed();
    expect(await cancel(jobs.api, jobId)).toMatchObject({ __typename: "Conflict" });
    expect((await readJob(jobs.api, jobId)).state).toBe("SUCCEEDED");
  });
});

const TRAITS = { colours: { mean: [0.5, 0.5, 0.5], covariance: [1, 0, 0, 0, 1, 0, 0, 0, 1] }, grain: 0.03, reach: 40 };

test("a training job delivers a style that does not expire, and a net with a foreign operator is refused", async () => {
  const { job } = await startTraining(jobs.api, { name: "Mine" });
  const attempt = await jobs.service.waitForAttempt(job.id);
  const net = readFileSync("models/styles/udnie/net.onnx");
  const foreign = Buffer.from(net.toString("latin1").replaceAll("QuantizeLinear", "QuantizeLinexx"), "latin1");
  expect(await attempt.put("net", foreign)).toMatchObject({ status: 422, error: expect.stringContaining("operator") });
  expect(await attempt.put("net", net)).toEqual({ status: 200, stop: false });
  const delivered = { kind: "trainStyle", net: sha256(net), thumbnail: sha256(picture()), traits: TRAITS } as const;
  expect(await attempt.report({ ...DONE, delivered })).toMatchObject({ status: 422 });
  await attempt.put("thumbnail");
  expect(await attempt.report({ ...DONE, delivered })).toEqual({ status: 200, stop: true });
  const { style } = await waitForState(jobs.api, job.id, "SUCCEEDED");
  expect(style).toMatchObject({ name: "Mine", modelId: `stylenet-${sha256(net).slice(0, 12)}` });
  const kept = await jobs.query<{ n: number }>(
    "select count(*) as n from blobs join styles on blobs.key in (net_key, painting_key, thumbnail_key) where expires_at is null",
  );
  expect(kept).toEqual([{ n: 3 }]);
});
