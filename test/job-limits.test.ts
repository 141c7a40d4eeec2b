import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { type JobWorker, startJobWorker } from "./support/job-worker.ts";
import { cancel, readJob, startOptimization, waitForJob, waitForState } from "./support/jobs.ts";

/** How many jobs a tenant may have. The lease is longer than the tests: nothing but the jobs themselves wakes a Workflow. */
const [ACTIVE, WAITING] = [2, 3];
let jobs: JobWorker;
let api: Client;
let tenantId: string;

beforeAll(async () => {
  jobs = await startJobWorker({
    JOB_LEASE_SECONDS: "600",
    JOBS_ACTIVE_PER_TENANT: String(ACTIVE),
    JOBS_WAITING_PER_TENANT: String(WAITING),
  });
});
afterAll(() => jobs.close());
beforeEach(async () => {
  ({ id: tenantId, api } = await jobs.worker.tenant());
});

const handed = (ids: readonly string[]) =>
  ids.filter((id) => jobs.service.received.some(({ dispatch }) => dispatch.jobId === id));
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const active = async () =>
  (
    await jobs.query<{ id: string }>(
      "select id from jobs where tenant_id = ? and attempt > 0 and finished_at is null order by id",
      tenantId,
    )
  ).map(({ id }) => id);
/** Starts so many, one after the other. Their ids, oldest first. */
async function start(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await startOptimization(api)).job.id);
  return ids;
}

test("of many jobs started at once as many as may be are, and the others are refused with what to do", async () => {
  const before = await jobs.listBlobs();
  const outcomes = await Promise.all(Array.from({ length: 12 }, (_, seed) => startOptimization(api, { seed })));
  const started = outcomes.filter(({ __typename }) => __typename === "JobStarted");
  const refused = outcomes.filter(({ __typename }) => __typename === "TooManyJobs");
  expect([started.length, refused.length]).toEqual([ACTIVE + WAITING, 12 - ACTIVE - WAITING]);
  for (const { message, limit } of refused) {
    expect(message).toMatch(/5 unfinished jobs.*limit.*cancelJob/);
    expect(limit).toBe(5);
  }
  // Who is refused leaves nothing: no job, no audit row, no picture.
  const count = async (sql: string) => (await jobs.query<{ n: number }>(sql, tenantId))[0]!.n;
  expect(await count("select count(*) as n from jobs where tenant_id = ?")).toBe(5);
  expect(await count("select count(*) as n from audit where tenant_id = ? and action = 'optimizeStyle'")).toBe(5);
  const { objects, rows } = await jobs.listBlobs();
  expect(objects).toEqual(rows);
  expect(rows.length - before.rows.length).toBe(2 * 5);
});

test("no more than may be are active, and the oldest that waits begins when one ends, at once", async () => {
  const ids = await start(ACTIVE + WAITING);
  for (const id of ids.slice(0, ACTIVE)) await jobs.service.waitForAttempt(id);
  await later(1_000);
  expect(await active()).toEqual(ids.slice(0, 2));
  expect(handed(ids)).toEqual(ids.slice(0, 2));
  expect(await readJob(api, ids[2]!)).toMatchObject({ state: "QUEUED", attempt: 0 });

  await (await jobs.service.waitForAttempt(ids[1]!)).succeed();
  await jobs.service.waitForAttempt(ids[2]!);
  expect(await active()).toEqual([ids[0], ids[2]]);
  expect((await cancel(api, ids[0]!)).__typename).toBe("JobCanceled");
  await jobs.service.waitForAttempt(ids[3]!);
  expect(handed(ids)).toEqual(ids.slice(0, 4));
});

test("many that end at once make room for as many", async () => {
  const ids = await start(ACTIVE + WAITING);
  const attempts = await Promise.all(ids.slice(0, ACTIVE).map((id) => jobs.service.waitForAttempt(id)));
  await Promise.all(attempts.map((attempt) => attempt.succeed()));
  for (const id of ids.slice(ACTIVE, 2 * ACTIVE)) await jobs.service.waitForAttempt(id);
  await later(500);
  expect(await active()).toEqual(ids.slice(ACTIVE, 2 * ACTIVE));
});

test("a full tenant may start again when a job has ended or a waiting one was cancelled; another tenant always may", async () => {
  const ids = await start(ACTIVE + WAITING);
  expect((await startOptimization(api)).__typename).toBe("TooManyJobs");
  const other = await jobs.worker.tenant();
  const theirs = await startOptimization(other.api);
  await (await jobs.service.waitForAttempt(theirs.job.id)).succeed();
  await waitForState(other.api, theirs.job.id, "SUCCEEDED");

  await cancel(api, ids.at(-1)!);
  const [again] = await start(1);
  expect((await startOptimization(api)).__typename).toBe("TooManyJobs");
  for (const id of [ids[0]!, ids[1]!, ids[2]!, ids[3]!, again!]) {
    await (await jobs.service.waitForAttempt(id)).succeed();
    await waitForState(api, id, "SUCCEEDED");
  }
});

test("a used idempotency key answers with its job, however full the tenant is", async () => {
  const first = await startOptimization(api, { idempotencyKey: "the same", seed: 1 });
  await start(ACTIVE + WAITING - 1);
  expect((await startOptimization(api, { seed: 2 })).__typename).toBe("TooManyJobs");
  const again = await startOptimization(api, { idempotencyKey: "the same", seed: 1 });
  expect([again.__typename, again.job?.id]).toEqual(["JobStarted", first.job.id]);
  // A key whose request was refused was not used.
  expect((await startOptimization(api, { idempotencyKey: "another", seed: 3 })).__typename).toBe("TooManyJobs");
  await cancel(api, first.job.id);
  expect((await startOptimization(api, { idempotencyKey: "another", seed: 4 })).__typename).toBe("JobStarted");
});

test("a waiting job whose deadline passes has expired without an attempt", async () => {
  const ids = await start(ACTIVE + 1);
  const last = ids.at(-1)!;
  await jobs.query("update jobs set deadline_at = ?, version = version + 1 where id = ?", Date.now(), last);
  await jobs.worker.schedule();
  expect(await waitForJob(api, last, ({ state }) => state === "EXPIRED")).toMatchObject({ attempt: 0 });
});
