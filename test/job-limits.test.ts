import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { type JobWorker, startJobWorker } from "./support/job-worker.ts";
import { cancel, readJob, startOptimization, waitForJob, waitForState } from "./support/jobs.ts";

/** Limits for the jobs of a tenant. The lease is longer than the tests, so that only the jobs themselves wake a workflow. */
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

const dispatched = (ids: readonly string[]) =>
  ids.filter((id) => jobs.service.received.some(({ dispatch }) => dispatch.jobId === id));
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const activeJobs = async () =>
  (
    await jobs.query<{ id: string }>(
      "select id from jobs where tenant_id = ? and attempt > 0 and finished_at is null order by id",
      tenantId,
    )
  ).map(({ id }) => id);
/** Starts `count` jobs one after the other. Returns their ids, oldest first. */
async function start(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await startOptimization(api)).job.id);
  return ids;
}

test("of many jobs started at once, those within the limit start, and the others are refused with advice", async () => {
  const before = await jobs.listBlobs();
  const outcomes = await Promise.all(Array.from({ length: 12 }, (_, seed) => startOptimization(api, { seed })));
  const started = outcomes.filter(({ __typename }) => __typename === "JobStarted");
  const refused = outcomes.filter(({ __typename }) => __typename === "TooManyJobs");
  expect([started.length, refused.length]).toEqual([ACTIVE + WAITING, 12 - ACTIVE - WAITING]);
  for (const { message, limit } of refused) {
    expect(message).toMatch(/5 unfinished jobs.*limit.*cancelJob/);
    expect(limit).toBe(5);
  }
  // A refused request leaves no job, no audit row and no picture.
  const count = async (sql: string) => (await jobs.query<{ n: number }>(sql, tenantId))[0]!.n;
  expect(await count("select count(*) as n from jobs where tenant_id = ?")).toBe(5);
  expect(await count("select count(*) as n from audit where tenant_id = ? and action = 'optimizeStyle'")).toBe(5);
  const { objects, rows } = await jobs.listBlobs();
  expect(objects).toEqual(rows);
  expect(rows.length - before.rows.length).toBe(2 * 5);
});

test("active jobs stay within the limit, and when one ends the oldest waiting job begins at once", async () => {
  const ids = await start(ACTIVE + WAITING);
  for (const id of ids.slice(0, ACTIVE)) await jobs.service.waitForAttempt(id);
  await delay(1_000);
  expect(await activeJobs()).toEqual(ids.slice(0, 2));
  expect(dispatched(ids)).toEqual(ids.slice(0, 2));
  expect(await readJob(api, ids[2]!)).toMatchObject({ state: "QUEUED", attempt: 0 });

  await (await jobs.service.waitForAttempt(ids[1]!)).succeed();
  await jobs.service.waitForAttempt(ids[2]!);
  expect(await activeJobs()).toEqual([ids[0], ids[2]]);
  expect((await cancel(api, ids[0]!)).__typename).toBe("JobCanceled");
  await jobs.service.waitForAttempt(ids[3]!);
  expect(dispatched(ids)).toEqual(ids.slice(0, 4));
});

test("when several jobs end at once, the same number of waiting jobs begins", async () => {
  const ids = await start(ACTIVE + WAITING);
  const attempts = await Promise.all(ids.slice(0, ACTIVE).map((id) => jobs.service.waitForAttempt(id)));
  await Promise.all(attempts.map((attempt) => attempt.succeed()));
  for (const id of ids.slice(ACTIVE, 2 * ACTIVE)) await jobs.service.waitForAttempt(id);
  await delay(500);
  expect(await activeJobs()).toEqual(ids.slice(ACTIVE, 2 * ACTIVE));
});

test("a tenant at its limit can start a job after one has ended or was canceled, and other tenants are not affected", async () => {
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

test("a used idempotency key returns its job even if the tenant is at its limit", async () => {
  const first = await startOptimization(api, { idempotencyKey: "the same", seed: 1 });
  await start(ACTIVE + WAITING - 1);
  expect((await startOptimization(api, { seed: 2 })).__typename).toBe("TooManyJobs");
  const again = await startOptimization(api, { idempotencyKey: "the same", seed: 1 });
  expect([again.__typename, again.job?.id]).toEqual(["JobStarted", first.job.id]);
  // A refused request does not use up its key.
  expect((await startOptimization(api, { idempotencyKey: "another", seed: 3 })).__typename).toBe("TooManyJobs");
  await cancel(api, first.job.id);
  expect((await startOptimization(api, { idempotencyKey: "another", seed: 4 })).__typename).toBe("JobStarted");
});

test("a waiting job expires at its deadline without an attempt", async () => {
  const ids = await start(ACTIVE + 1);
  const last = ids.at(-1)!;
  await jobs.query("update jobs set deadline_at = ?, version = version + 1 where id = ?", Date.now(), last);
  await jobs.worker.schedule();
  expect(await waitForJob(api, last, ({ state }) => state === "EXPIRED")).toMatchObject({ attempt: 0 });
});
