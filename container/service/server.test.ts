import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { processesBelow } from "../../bench/processes.ts";
import type { Picture } from "../../imaging/picture.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import type { Dispatch, Work } from "../../schema/protocol/dispatch.ts";
import { AUDIENCES } from "../../schema/protocol/tokens.ts";
import { smallNet } from "../jobs/testing/net.ts";
import { decodePicture } from "../pictures/decode.ts";
import { jpegOf, pngOf } from "../pictures/encode.ts";
import { type RunningService, startService } from "./testing/service.ts";
import { type PeerWorker, startPeerWorker } from "./testing/worker.ts";

type Optimize = Extract<Work, { kind: "optimizeStyle" }>;
type Settings = Optimize["settings"];

const folder = mkdtempSync(join(tmpdir(), "semblance-service-"));
const network = join(folder, "small.onnx");
writeFileSync(network, smallNet());

let worker: PeerWorker;
let service: RunningService;
/** Services that only one test uses. */
let extraServices: RunningService[] = [];
let photograph: Uint8Array;
let painting: Uint8Array;

/** A picture of stripes. */
const stripes = (width: number, height: number, period: number): Picture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => 0.5 + 0.4 * Math.sin(i / period)),
});

const LAYERS = { contentLayer: "coarse", styleLayers: { fine: 1, coarse: 1 } };
const SETTINGS: Settings = { recipe: "gatys", maxSide: 64, steps: 6, ...LAYERS };
/** More steps than a test waits for, so that it must stop the job. */
const ENDLESS: Settings = { ...SETTINGS, steps: 2_000, maxSide: 96 };

const start = (more: Record<string, string> = {}) =>
  startService({ SEMBLANCE_ISSUER: worker.issuer, SEMBLANCE_LOSS_NET: network, SEMBLANCE_CONCURRENCY: "2", ...more });

async function startExtra(more: Record<string, string>): Promise<RunningService> {
  const running = await start(more);
  extraServices.push(running);
  return running;
}

beforeAll(async () => {
  worker = await startPeerWorker();
  photograph = (await jpegOf(stripes(80, 60, 9))).bytes;
  painting = (await pngOf(stripes(64, 64, 2))).bytes;
  service = await start();
});
afterEach(async () => {
  worker.isDown = worker.dropsResponses = false;
  await Promise.all(extraServices.map((extra) => extra.terminate()));
  extraServices = [];
});
afterAll(async () => {
  await service.terminate();
  await worker.close();
  rmSync(folder, { recursive: true });
});

const work = (settings: Settings = SETTINGS, content = worker.store(photograph)): Optimize => ({
  kind: "optimizeStyle",
  settings,
  content,
  faces: [{ x: 10, y: 10, width: 20, height: 20 }],
  paintings: [{ file: worker.store(painting), weight: 1 }],
});

async function post(
  dispatch: Dispatch,
  { to = service, token, body = JSON.stringify(dispatch) }: { to?: RunningService; token?: string; body?: string } = {},
) {
  const response = await fetch(`${to.url}/jobs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token ?? (await worker.sign(body, dispatch))}` },
    body,
    signal: AbortSignal.timeout(20_000),
  });
  const { error } = (await response.json()) as { error?: string };
  return { status: response.status, error, retryAfter: response.headers.get("retry-after") };
}

const events = ({ jobId, attempt }: Dispatch) => worker.received(jobId, attempt).reports.map(({ event }) => event);
const lastOf = ({ jobId, attempt }: Dispatch) => worker.received(jobId, attempt).reports.at(-1);
const until = (condition: () => unknown, timeout = 30_000) => expect.poll(condition, { timeout, interval: 20 });
const waitUntilRunning = (dispatch: Dispatch) => until(() => events(dispatch)).toContain("running");
const waitForLast = (dispatch: Dispatch, event: string) => until(() => lastOf(dispatch)?.event).toBe(event);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("an accepted job reports the losses of every step, and delivers the picture in the requested size", async () => {
  const dispatch = worker.dispatch(work());
  expect(await post(dispatch)).toMatchObject({ status: 202 });
  await waitForLast(dispatch, "succeeded");

  const { reports, artifacts, sequences, faults } = worker.received(dispatch.jobId);
  expect(faults).toEqual([]);
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  expect(new Set(sequences).size).toBe(sequences.length);
  const running = reports.filter((report) => report.event === "running");
  expect(running.flatMap(({ losses }) => losses.map(([step]) => step))).toEqual([1, 2, 3, 4, 5, 6]);
  expect(running[0]).toMatchObject({ provider: "cpu", steps: 6 });
  const result = artifacts.find(({ artifact }) => artifact === "result")!;
  expect(reports.at(-1)).toMatchObject({ step: 6, delivered: { kind: "optimizeStyle", result: sha256(result.bytes) } });
  expect(result.contentType).toBe("image/jpeg");
  expect(await decodePicture("The result", result.bytes)).toMatchObject({ width: 64, height: 48 });
});

test("a dispatch without a valid token for exactly its bytes is refused with 401 and starts nothing", async () => {
  const dispatch = worker.dispatch(work());
  const body = JSON.stringify(dispatch);
  const past = Math.floor(Date.now() / 1000) - 120;
  const { privateKey } = await generateKeyPair("EdDSA");
  const forged = await new SignJWT({
    sub: dispatch.jobId,
    attempt: 1,
    digest: sha256(Buffer.from(body)),
    exp: past + 600,
  })
    .setIssuer(worker.issuer)
    .setAudience(AUDIENCES.job)
    .setProtectedHeader({ alg: "EdDSA", kid: "first" })
    .sign(privateKey);
  const tokens = {
    garbage: "not-a-token",
    forged,
    expired: await worker.sign(body, dispatch, { exp: past }),
    "of another audience": await worker.sign(body, dispatch, { aud: AUDIENCES.report }),
    "of another issuer": await worker.sign(body, dispatch, { iss: "https://elsewhere.example" }),
    "of another job": await worker.sign(body, { ...dispatch, jobId: worker.dispatch(work()).jobId }),
    "of another attempt": await worker.sign(body, { ...dispatch, attempt: 2 }),
    "of a key that is not published": await worker.sign(body, dispatch, {}, "second"),
    "of another message": await worker.sign(body.replace("gatys", "painterly"), dispatch),
  };
  for (const [name, token] of Object.entries(tokens))
    expect(await post(dispatch, { token }), name).toMatchObject({ status: 401, error: expect.any(String) });
  expect(await post(dispatch, { token: "x", body: "{" })).toMatchObject({ status: 401 });
  expect(events(dispatch)).toEqual([]);
});

test("keys are fetched from the configured issuer only, whatever the token says", async () => {
  const otherWorker = await startPeerWorker();
  try {
    const dispatch = otherWorker.dispatch(work());
    const token = await otherWorker.sign(JSON.stringify(dispatch), dispatch);
    expect(await post(dispatch, { token })).toMatchObject({ status: 401 });
    expect(otherWorker.requestedPaths).toEqual([]);

    // The service sends no request to another host, even if the issuer signed a dispatch with its URL.
    const elsewhere = worker.dispatch(work(SETTINGS, otherWorker.store(photograph)));
    expect(await post(elsewhere)).toMatchObject({ status: 400, error: expect.stringContaining(worker.issuer) });
    expect(otherWorker.requestedPaths).toEqual([]);
  } finally {
    await otherWorker.close();
  }
});

test("an invalid dispatch is refused with the path of the invalid field, and a body that is too large with 413", async () => {
  const dispatch = worker.dispatch({ ...work(), settings: { ...SETTINGS, maxSide: 10_000 } });
  expect(await post(dispatch)).toMatchObject({ status: 400, error: expect.stringContaining("work.settings.maxSide") });
  expect(await post(dispatch, { body: "{" })).toMatchObject({ status: 400 });
  expect(await post(dispatch, { body: " ".repeat(100_000) })).toMatchObject({ status: 413 });
});

test("while the issuer's keys cannot be fetched, a dispatch gets 503 and not 401", async () => {
  const fresh = await startExtra({});
  worker.isDown = true;
  const dispatch = worker.dispatch(work());
  expect(await post(dispatch, { to: fresh })).toMatchObject({ status: 503, retryAfter: expect.any(String) });
  worker.isDown = false;
  expect(await post(dispatch, { to: fresh })).toMatchObject({ status: 202 });
  await waitForLast(dispatch, "succeeded");
});

test("a full queue refuses with 429, and a waiting job reports that it is queued until it runs", async () => {
  const small = await startExtra({ SEMBLANCE_CONCURRENCY: "1", SEMBLANCE_WAITING: "1" });
  const [first, second, third] = [worker.dispatch(work(ENDLESS)), worker.dispatch(work()), worker.dispatch(work())];
  expect(await post(first, { to: small })).toMatchObject({ status: 202 });
  expect(await post({ ...second, leaseSeconds: 1 }, { to: small })).toMatchObject({ status: 202 });
  expect(await post(third, { to: small })).toMatchObject({ status: 429, retryAfter: "5" });
  await waitUntilRunning(first);
  // At least three reports per lease.
  const before = events(second).length;
  await sleep(1_000);
  expect(events(second).length - before).toBeGreaterThanOrEqual(3);
  expect(new Set(events(second))).toEqual(new Set(["queued"]));
  expect(await (await fetch(`${small.url}/healthz`)).json()).toMatchObject({ provider: "cpu", running: 1, waiting: 1 });
  worker.stop(first.jobId);
  await waitForLast(second, "succeeded");
});

test("24 long jobs of one tenant leave a place in the queue for another tenant, whose job runs next", async () => {
  const shared = await startExtra({ SEMBLANCE_CONCURRENCY: "1", SEMBLANCE_WAITING: "31" });
  const [busy, other] = ["a", "b"].map((letter) => `tenant_${letter.repeat(26)}`) as [string, string];
  const long = Array.from({ length: 24 }, () => worker.dispatch(work(ENDLESS), { tenantId: busy, leaseSeconds: 60 }));
  const answers = [];
  for (const dispatch of long) answers.push((await post(dispatch, { to: shared })).status);
  // A tenant gets 16 of 31 places in the queue while the others are free. One more job runs.
  expect(answers.filter((status) => status === 202)).toHaveLength(17);
  expect(answers.filter((status) => status === 429)).toHaveLength(7);
  const short = worker.dispatch(work(), { tenantId: other, leaseSeconds: 60 });
  expect(await post(short, { to: shared })).toMatchObject({ status: 202 });
  const [first, ...rest] = long;
  await waitUntilRunning(first!);
  worker.stop(first!.jobId);
  await waitForLast(short, "succeeded");
  expect(rest.flatMap(events)).not.toContain("succeeded");
  expect(rest.filter((dispatch) => events(dispatch).includes("running")).length).toBeLessThanOrEqual(1);
  const health = await (await fetch(`${shared.url}/healthz`)).json();
  expect(health).toMatchObject({ running: 1, waiting: 15 });
});

test("a repeated attempt gets 200, a newer attempt replaces the running one, and an older attempt gets 409", async () => {
  const dispatch = worker.dispatch(work(ENDLESS));
  expect(await post(dispatch)).toMatchObject({ status: 202 });
  expect(await post(dispatch)).toMatchObject({ status: 200 });
  await waitUntilRunning(dispatch);
  const { jobId } = dispatch;
  const newer = worker.dispatch(work(), { jobId, attempt: 2 });
  expect(await post(newer)).toMatchObject({ status: 202 });
  expect(await post(dispatch)).toMatchObject({ status: 409 });
  await waitForLast(newer, "succeeded");
  const count = events(dispatch).length;
  await sleep(2_000);
  expect(events(dispatch)).toHaveLength(count);
  expect(events(dispatch)).not.toContain("succeeded");
  expect(await post(newer)).toMatchObject({ status: 200 });
});

test("a running job and a waiting job end within seconds after the Worker answered stop", async () => {
  const small = await startExtra({ SEMBLANCE_CONCURRENCY: "1" });
  const [running, waiting] = [worker.dispatch(work(ENDLESS)), worker.dispatch(work(), { leaseSeconds: 1 })];
  await post(running, { to: small });
  await post(waiting, { to: small });
  await waitUntilRunning(running);
  worker.stop(waiting.jobId);
  await waitForLast(waiting, "canceled");
  worker.stop(running.jobId);
  const stoppedAt = Date.now();
  await waitForLast(running, "canceled");
  await until(() => processesBelow(small.pid, "job-process")).toEqual([]);
  expect(Date.now() - stoppedAt).toBeLessThan(5_000);
});

test("after SIGTERM a running job delivers a checkpoint, and the next attempt resumes from it", async () => {
  const ending = await startExtra({ SEMBLANCE_CONCURRENCY: "1" });
  const [running, waiting] = [worker.dispatch(work(ENDLESS)), worker.dispatch(work())];
  await post(running, { to: ending });
  await post(waiting, { to: ending });
  await waitUntilRunning(running);
  const since = Date.now();
  expect(await ending.terminate()).toBe(0);
  expect(Date.now() - since).toBeLessThan(9_000);
  for (const dispatch of [running, waiting]) expect(lastOf(dispatch)).toMatchObject({ event: "failed", retry: true });

  const { artifacts } = worker.received(running.jobId);
  const last = artifacts.filter(({ artifact }) => artifact === "checkpoint").at(-1)!;
  expect(last.step).toBe(lastOf(running)?.step);
  const { jobId } = running;
  const checkpoint = { step: last.step, ...worker.store(last.bytes) };
  const steps = last.step + 3;
  const next = worker.dispatch(work({ ...ENDLESS, steps }), { jobId, attempt: 2, checkpoint });
  await post(next);
  await waitForLast(next, "succeeded");
  const losses = worker
    .received(jobId, 2)
    .reports.flatMap((report) => (report.event === "running" ? report.losses : []));
  expect(losses.map(([step]) => step)).toEqual([last.step + 1, last.step + 2, last.step + 3]);
});

test("a draining service accepts no more jobs", async () => {
  const ending = await startExtra({});
  const dispatch = worker.dispatch(work(ENDLESS));
  await post(dispatch, { to: ending });
  await waitUntilRunning(dispatch);
  // The checkpoint cannot be delivered, so the service retries until its drain limit.
  worker.isDown = true;
  const exitCode = ending.terminate();
  await until(() => ending.lines.join()).toContain("draining");
  const refused = await fetch(`${ending.url}/healthz`);
  expect([refused.status, await refused.json()]).toMatchObject([503, { draining: true }]);
  const late = worker.dispatch(work());
  expect(await post(late, { to: ending })).toMatchObject({ status: 503, retryAfter: "10" });
  expect(await exitCode).toBe(0);
});

test.runIf(process.platform === "linux")("a job whose process is killed fails with retry", async () => {
  const alone = await startExtra({});
  const dispatch = worker.dispatch(work(ENDLESS));
  await post(dispatch, { to: alone });
  const artifacts = () => worker.received(dispatch.jobId).artifacts.map(({ artifact }) => artifact);
  await until(artifacts).toContain("checkpoint");
  for (const pid of processesBelow(alone.pid, "job-process")) process.kill(pid, "SIGKILL");
  await waitForLast(dispatch, "failed");
  expect(lastOf(dispatch)).toMatchObject({ retry: true, message: expect.stringContaining("memory") });
});

test("a job with unusable inputs or settings fails with a message that says what to do", async () => {
  const html = worker.store(Buffer.from("<html>no picture</html>"));
  const of = (settings: Partial<Settings>, content = worker.store(photograph)) =>
    worker.dispatch(work({ ...SETTINGS, ...settings }, content));
  const cases = [
    {
      dispatch: of({}, { ...html, sha256: "0".repeat(64) }),
      retry: true,
      message: /does not have the expected SHA-256/,
    },
    {
      dispatch: of({}, { ...html, url: `${worker.issuer}/blobs/gone` }),
      retry: true,
      message: /was deleted or has expired/,
    },
    { dispatch: of({}, html), retry: false, message: /Send JPEG, PNG or WebP/ },
    { dispatch: of({ contentLayer: "mixed99" }), retry: false, message: /no layer mixed99.*Choose contentLayer/ },
  ];
  for (const { dispatch, retry, message } of cases) {
    expect(await post(dispatch)).toMatchObject({ status: 202 });
    await waitForLast(dispatch, "failed");
    expect(lastOf(dispatch)).toMatchObject({ retry, message: expect.stringMatching(message) });
  }
});

test("a Worker that is unavailable for some seconds gets all steps and the result", async () => {
  const dispatch = worker.dispatch(work({ ...SETTINGS, steps: 40, maxSide: 96 }));
  await post(dispatch);
  await waitUntilRunning(dispatch);
  // First its responses are lost, then it is unavailable.
  worker.dropsResponses = true;
  await sleep(1_000);
  worker.dropsResponses = false;
  worker.isDown = true;
  await sleep(2_000);
  worker.isDown = false;
  await waitForLast(dispatch, "succeeded");
  const { reports, sequences } = worker.received(dispatch.jobId);
  const steps = reports.flatMap((report) => (report.event === "running" ? report.losses.map(([step]) => step) : []));
  expect(steps).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
});

test("of six jobs two run at once, and all succeed", async () => {
  const dispatches = Array.from({ length: 6 }, () => worker.dispatch(work({ ...SETTINGS, steps: 3 })));
  let maxProcesses = 0;
  for (const dispatch of dispatches) expect(await post(dispatch)).toMatchObject({ status: 202 });
  await until(async () => {
    maxProcesses = Math.max(maxProcesses, processesBelow(service.pid, "job-process").length);
    return dispatches.map((dispatch) => lastOf(dispatch)?.event);
  }).toEqual(dispatches.map(() => "succeeded"));
  if (process.platform === "linux") expect(maxProcesses).toBe(2);
});

test("a training delivers a net, its traits and a thumbnail, and resumes from the checkpoint of a stopped attempt", async () => {
  const photographs = mkdtempSync(join(folder, "photographs-"));
  for (const period of [3, 7, 13])
    writeFileSync(join(photographs, `${period}.png`), (await pngOf(stripes(200, 200, period))).bytes);
  const real = { SEMBLANCE_LOSS_NET: "", SEMBLANCE_PHOTOGRAPHS: photographs };
  const training = (steps: number): Work => ({
    kind: "trainStyle",
    name: "Stripes",
    settings: { steps },
    painting: worker.store(painting),
  });
  const ending = await startExtra(real);
  const first = worker.dispatch(training(100));
  await post(first, { to: ending });
  await waitUntilRunning(first);
  expect(await ending.terminate()).toBe(0);
  expect(lastOf(first)).toMatchObject({ event: "failed", retry: true });
  const delivered = worker
    .received(first.jobId)
    .artifacts.filter(({ artifact }) => artifact === "checkpoint")
    .at(-1)!;
  expect(delivered).toMatchObject({ step: lastOf(first)?.step, contentType: "application/json" });

  const { jobId } = first;
  const checkpoint = { step: delivered.step, ...worker.store(delivered.bytes) };
  const second = worker.dispatch(training(100), { jobId, attempt: 2, checkpoint });
  const next = await startExtra(real);
  await post(second, { to: next });
  await waitUntilRunning(second);
  const [firstLosses] = worker
    .received(jobId, 2)
    .reports.flatMap((report) => (report.event === "running" ? report.losses : []));
  expect(firstLosses![0]).toBe(delivered.step + 1);
  worker.stop(jobId);

  const short = worker.dispatch(training(2));
  await post(short, { to: next });
  await until(() => lastOf(short)?.event, 60_000).toBe("succeeded");
  const { artifacts, faults } = worker.received(short.jobId);
  expect(faults).toEqual([]);
  const net = artifacts.find(({ artifact }) => artifact === "net")!;
  const { graph } = readOnnx(net.bytes);
  expect([graph.inputs.length, graph.outputs.length]).toEqual([1, 1]);
  const thumbnail = artifacts.find(({ artifact }) => artifact === "thumbnail")!;
  expect(await decodePicture("The thumbnail", thumbnail.bytes)).toMatchObject({ width: 192, height: 192 });
  expect(lastOf(short)).toMatchObject({ delivered: { traits: { reach: expect.any(Number) } } });
}, 180_000);

test("metrics count attempts and reports, and the log contains no token, URL or picture", async () => {
  const response = await fetch(`${service.url}/metrics`);
  const text = await response.text();
  expect(text).toMatch(/semblance_jobs_ended_total\{kind="optimizeStyle",ending="painted"\} \d/);
  expect(text).toMatch(/semblance_step_seconds_count\{kind="optimizeStyle"\} \d/);
  expect(text).toMatch(/semblance_reports_total\{report="result",outcome="acknowledged"\} \d/);
  expect(text).toMatch(/semblance_jobs\{kind="optimizeStyle",state="running"\} 0/);
  const log = service.lines.join("\n");
  expect(log).toContain('"event":"job.ended"');
  expect(log).not.toMatch(/report-token|eyJ|127\.0\.0\.1|blobs/);
});
