import { compactVerify, createLocalJWKSet } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { workerdBelow } from "../bench/processes.ts";
import { createClient } from "../cli/client.ts";
import { picture, sha256 } from "./support/fake-job-service.ts";
import { type JobWorker, startJobWorker } from "./support/job-worker.ts";
import { cancel, readJob, startOptimization, waitForJob, waitForState } from "./support/jobs.ts";

/** Workflows of jobs when the job service is unreachable, busy, silent or dead. Leases are short. */
const LEASE_SECONDS = 2;
let jobs: JobWorker;

beforeAll(async () => {
  jobs = await startJobWorker({ JOB_LEASE_SECONDS: String(LEASE_SECONDS), JOB_RETRY_SECONDS: "0.01" });
});
afterAll(() => jobs.close());
beforeEach(() => {
  jobs.service.respond = () => ({ status: 202 });
});

const start = async (input = {}) => (await startOptimization(jobs.api, input)).job.id;
const auditActions = async (id: string) =>
  (await jobs.query<{ action: string }>("select action from audit where target = ? order by created_at, id", id)).map(
    ({ action }) => action,
  );
const pause = (seconds: number) => new Promise((later) => setTimeout(later, seconds * 1_000));

describe("a dispatch", () => {
  test("is signed over its exact body with a key that the Worker publishes, and its pictures can be fetched", async () => {
    const id = await start();
    const { dispatch } = await jobs.service.waitForAttempt(id);
    const { body, token } = jobs.service.received.find(({ dispatch: d }) => d.jobId === id)!;
    const response = await fetch(new URL("/.well-known/jwks.json", jobs.worker.url));
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    const keys = (await response.json()) as { keys: Record<string, unknown>[] };
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const { payload } = await compactVerify(token, createLocalJWKSet(keys as never));
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      iss: new URL(jobs.worker.url).origin,
      aud: "semblance:job",
      sub: id,
      attempt: 1,
      digest: sha256(body),
    });
    const { work } = dispatch;
    if (work.kind !== "optimizeStyle") throw new Error(work.kind);
    expect(work).toMatchObject({ settings: { recipe: "painterly", steps: 10, maxSide: 512 }, faces: [{}] });
    for (const file of [work.content, ...work.paintings.map((painting) => painting.file)]) {
      const bytes = new Uint8Array(await (await fetch(file.url)).arrayBuffer());
      expect(sha256(bytes)).toBe(file.sha256);
    }
    await cancel(jobs.api, id);
  });
});

describe("if the job service", () => {
  test("is unreachable for a moment, the same attempt is dispatched again", async () => {
    let tries = 0;
    jobs.service.respond = () => ({ status: ++tries < 4 ? 503 : 202 });
    const id = await start();
    const attempt = await jobs.service.waitForAttempt(id);
    await attempt.succeed();
    expect(await waitForState(jobs.api, id, "SUCCEEDED")).toMatchObject({ attempt: 1 });
    expect(tries).toBe(4);
  });

  test("is busy, the job waits for Retry-After and does not use up an attempt", async () => {
    const at: number[] = [];
    jobs.service.respond = () => {
      at.push(Date.now());
      return at.length < 5 ? { status: 429, headers: { "retry-after": "1" } } : { status: 202 };
    };
    const id = await start();
    const waiting = await waitForJob(jobs.api, id, ({ dispatchError }) => dispatchError !== null);
    const attempt = await jobs.service.waitForAttempt(id);
    for (const [i, moment] of at.slice(1).entries()) expect(moment - at[i]!).toBeGreaterThanOrEqual(950);
    expect(waiting.dispatchError).toMatch(/queue of the job service is full/);
    const taken = await waitForJob(jobs.api, id, ({ state }) => state === "DISPATCHED");
    expect(taken).toMatchObject({ attempt: 1, dispatchError: null });
    await attempt.succeed();
    await waitForState(jobs.api, id, "SUCCEEDED");
  });

  test("refuses a dispatch, the job fails at once with the reason", async () => {
    let tries = 0;
    jobs.service.respond = () => {
      tries++;
      return { status: 400, body: JSON.stringify({ error: "There is no layer mixed99." }) };
    };
    const { error, attempt } = await waitForState(jobs.api, await start(), "FAILED");
    expect(error).toContain("There is no layer mixed99.");
    expect({ attempt, tries }).toEqual({ attempt: 1, tries: 1 });
  });

  test("cannot be reached in any attempt, the job fails with an error that says what to check", async () => {
    jobs.service.respond = () => ({ status: 502 });
    const id = await start();
    const { error, dispatchError, attempt } = await waitForState(jobs.api, id, "FAILED", 90);
    expect(error).toMatch(/could not be reached in 3 attempts.*JOB_SERVICE_URL/);
    expect(dispatchError).toBe("The job service returned HTTP 502. The Worker retries automatically.");
    expect(attempt).toBe(3);
    const log = jobs.logEntries(id);
    expect(log).toHaveLength(3 * 9);
    for (const [i, entry] of log.entries())
      expect(entry).toMatchObject({
        ...{ level: "warn", event: "job.dispatch.failed", tenantId: jobs.tenantId, jobId: id },
        ...{ attempt: 1 + Math.floor(i / 9), cause: "status", status: 502 },
      });
  });

  test("falls silent, the next attempt continues from the checkpoint, and reports of the old one are ignored", async () => {
    const id = await start();
    const first = await jobs.service.waitForAttempt(id);
    await first.running(5);
    const checkpoint = picture(64, 48, "image/png", "gold");
    await first.put("checkpoint", checkpoint);
    await first.running(6);
    const second = await jobs.service.waitForAttempt(id, 2);
    expect(second.dispatch.checkpoint).toMatchObject({ step: 5, sha256: sha256(checkpoint) });
    const bytes = new Uint8Array(await (await fetch(second.dispatch.checkpoint!.url)).arrayBuffer());
    expect(sha256(bytes)).toBe(sha256(checkpoint));
    expect(await readJob(jobs.api, id)).toMatchObject({ state: "RUNNING", attempt: 2, step: 5 });
    const before = await jobs.query("select * from jobs where id = ?", id);
    expect(await first.running(9)).toEqual({ status: 200, stop: true });
    expect(await first.succeed()).toEqual({ status: 200, stop: true });
    expect(await jobs.query("select * from jobs where id = ?", id)).toEqual(before);
    await second.succeed();
    await waitForState(jobs.api, id, "SUCCEEDED");
    expect(await auditActions(id)).toEqual([
      "optimizeStyle",
      "beginJobAttempt",
      "dispatchJob",
      "runJob",
      "beginJobAttempt",
      "succeedJob",
    ]);
  });

  test("keeps reporting, the attempt is not replaced, however slow it is", async () => {
    const id = await start();
    const attempt = await jobs.service.waitForAttempt(id);
    for (let i = 0; i < 8; i++) {
      await attempt.report({ event: "queued", step: 0, steps: 0 });
      await pause(LEASE_SECONDS / 3);
    }
    expect(await readJob(jobs.api, id)).toMatchObject({ state: "DISPATCHED", attempt: 1 });
    await attempt.succeed();
    await waitForState(jobs.api, id, "SUCCEEDED");
  });

  test("falls silent in each attempt, the job fails with an error that says so", async () => {
    const { error, attempt } = await waitForState(jobs.api, await start(), "FAILED", 60);
    expect(error).toMatch(/stopped sending reports in each of 3 attempts/);
    expect(attempt).toBe(3);
  });

  test("reports a failed attempt, the next one begins at once, and the last reason becomes the job's error", async () => {
    const id = await start();
    for (const n of [1, 2, 3]) {
      const attempt = await jobs.service.waitForAttempt(id, n);
      await attempt.report({ event: "failed", message: `Out of memory ${n}.`, retry: true, step: 1, steps: 10 });
    }
    const failed = await waitForState(jobs.api, id, "FAILED");
    expect(failed.error).toBe("Out of memory 3.");
    expect(Date.parse(failed.finishedAt!) - Date.parse(failed.createdAt)).toBeLessThan(
      2 * LEASE_SECONDS * 1_000 + 8_000,
    );
  });

  test("reports that a retry is useless, there is no further attempt", async () => {
    const id = await start();
    const attempt = await jobs.service.waitForAttempt(id);
    await attempt.report({ event: "failed", message: "Give fewer steps.", retry: false, step: 1, steps: 10 });
    expect(await readJob(jobs.api, id)).toMatchObject({ state: "FAILED", error: "Give fewer steps.", attempt: 1 });
  });
});

test("a job that is not done by its deadline expires, even while it reports", async () => {
  const id = await start();
  const attempt = await jobs.service.waitForAttempt(id);
  await jobs.query("update jobs set deadline_at = ?, version = version + 1 where id = ?", Date.now() + 3_000, id);
  let stop: boolean | undefined = false;
  for (let i = 0; i < 60 && !stop; i++) {
    ({ stop } = await attempt.running(1));
    await pause(0.3);
  }
  expect(stop).toBe(true);
  expect(await readJob(jobs.api, id)).toMatchObject({ state: "EXPIRED", error: expect.stringContaining("deadline") });
});

test("the schedule starts a missing workflow, and ends a job past its deadline", async () => {
  const id = await start();
  await (await jobs.service.waitForAttempt(id)).succeed();
  await waitForState(jobs.api, id, "SUCCEEDED");
  const long = Date.now() - 120_000;
  const copy = (copied: string, deadline: number) =>
    jobs.query(
      `insert into jobs (tenant_id, id, kind, work, created_at, deadline_at)
       select tenant_id, ?, kind, work, ?, ? from jobs where id = ?`,
      copied,
      long,
      deadline,
      id,
    );
  const [unbegun, late] = [id.replace(/.{4}$/, "0001"), id.replace(/.{4}$/, "0002")];
  await copy(unbegun, Date.now() + 600_000);
  await copy(late, Date.now() - 1_000);
  await jobs.worker.schedule();
  const attempt = await jobs.service.waitForAttempt(unbegun);
  await attempt.succeed();
  await waitForState(jobs.api, unbegun, "SUCCEEDED");
  expect(await readJob(jobs.api, late)).toMatchObject({ state: "EXPIRED", attempt: 0 });
});

test("after the Worker was killed, each of its jobs still succeeds once", async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, () => start()));
  const attempts = await Promise.all(ids.map((id) => jobs.service.waitForAttempt(id)));
  await Promise.all(attempts.map((attempt) => attempt.running(1)));
  const bytes = picture();
  const underway = attempts.map((attempt) => attempt.succeed(bytes).catch(() => "killed"));
  await pause(0.05);
  for (const pid of workerdBelow(process.pid)) process.kill(pid, "SIGKILL");
  await jobs.worker.harness.update((options) => ({ ...options }));
  await Promise.all(underway);
  const { url } = await jobs.worker.harness.listen();
  const api = createClient(url.href, jobs.key);
  // Like the job service: reports that were not acknowledged are retried. If the lease expired meanwhile, the next attempt runs.
  await Promise.all(
    ids.map(async (id, i) => {
      for (let n = attempts[i]!.dispatch.attempt; ; n++) {
        const attempt = n === 1 ? attempts[i]! : await jobs.service.waitForAttempt(id, n);
        await attempt.succeed(bytes);
        const { state, attempt: present } = await readJob(api, id);
        if (state === "SUCCEEDED") return;
        expect(present).toBeGreaterThan(n);
      }
    }),
  );
  for (const id of ids) {
    expect((await readJob(api, id)).result).toMatchObject({ sha256: sha256(bytes) });
    const done = await jobs.query("select * from audit where target = ? and action = 'succeedJob'", id);
    expect(done).toHaveLength(1);
  }
});
