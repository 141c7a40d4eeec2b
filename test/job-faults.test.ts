import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FullSystem, SMALL_NET_LAYERS, startFullSystem } from "./support/full-system.ts";
import { cancel, type JobAnswer, readJob, startOptimization, waitForJob, waitForState, watch } from "./support/jobs.ts";

/** Crashes and shutdowns of the real job service and of its jobs' processes, with the real Worker. Leases are short. */
let system: FullSystem;

beforeAll(async () => {
  system = await startFullSystem({
    vars: { JOB_LEASE_SECONDS: "4", JOB_RETRY_SECONDS: "0.01" },
    service: { SEMBLANCE_CONCURRENCY: "1" },
  });
});
afterAll(() => system.close());

const start = async (input: Record<string, unknown>) =>
  (await startOptimization(system.api, { recipe: "GATYS", maxSide: 96, ...SMALL_NET_LAYERS, ...input })).job.id;
/** Long enough to be interrupted, and done within seconds. */
const LONG = { steps: 1_500, maxSide: 128 };
const ENDLESS = { steps: 2_000, maxSide: 512 };
/** Includes the time for which a job waits until the service has started. */
const SECONDS = 60;

/** Collects all updates of a job until it ends. */
function collectUpdates(id: string) {
  const updates: JobAnswer[] = [];
  const ended = (async () => {
    for await (const job of watch(system.api, id, AbortSignal.timeout(100_000))) updates.push(job);
  })();
  return { updates, ended };
}

/** Waits until an attempt has stored a checkpoint. Returns its step. */
async function waitForCheckpoint(id: string): Promise<number> {
  const kept = "select state, attempt, checkpoint_step is not null as kept from jobs where id = ?";
  await expect.poll(() => system.query(kept, id), { timeout: 30_000 }).toMatchObject([{ kept: 1 }]);
  return checkpointStep(id);
}
const checkpointStep = async (id: string) =>
  (await system.query<{ step: number }>("select checkpoint_step as step from jobs where id = ?", id))[0]!.step;

const expectOneSuccess = async (id: string) =>
  expect((await system.auditActions(id)).filter((action) => action === "succeedJob")).toHaveLength(1);

describe("a job service that is down when a job is dispatched", () => {
  test("fails the job with an error that says what to check, if it stays down", async () => {
    const { attempt, error } = await waitForState(system.api, await start({ steps: 3 }), "FAILED", SECONDS);
    expect(error).toMatch(/could not be reached in 3 attempts.*JOB_SERVICE_URL/);
    expect(attempt).toBe(3);
  });

  test("runs the job successfully after it has started", async () => {
    const id = await start({ steps: 3 });
    await waitForJob(system.api, id, ({ attempt }) => attempt === 1);
    await system.startService();
    const done = await waitForState(system.api, id, "SUCCEEDED", SECONDS);
    expect(done).toMatchObject({ progress: 1, step: 3, provider: "cpu", result: { width: 96, height: 96 } });
    await expectOneSuccess(id);
  });
});

describe("a job service that ends during a job", () => {
  test.each([
    ["by SIGKILL", () => system.killService()],
    ["by SIGTERM", () => system.stopService()],
  ])("%s: the next attempt continues from the checkpoint and succeeds", async (_, end) => {
    await system.startService();
    const id = await start(LONG);
    const { updates, ended } = collectUpdates(id);
    await waitForCheckpoint(id);
    await end();
    const reached = await checkpointStep(id);
    await system.startService();
    const { attempt, step, losses } = await waitForState(system.api, id, "SUCCEEDED", SECONDS);
    await ended;
    expect(attempt).toBeGreaterThan(1);
    expect({ step, last: losses.at(-1)?.step }).toEqual({ step: LONG.steps, last: LONG.steps });
    const later = updates.filter((job) => job.attempt > 1).map((job) => job.step);
    expect(Math.min(...later)).toBe(reached);
    await expectOneSuccess(id);
  });
});

describe("a job whose process is killed", () => {
  test("continues from its checkpoint, and the service keeps running", async () => {
    await system.startService();
    const id = await start(LONG);
    const { updates, ended } = collectUpdates(id);
    await waitForCheckpoint(id);
    for (const pid of system.jobProcesses()) process.kill(pid, "SIGKILL");
    const { attempt } = await waitForState(system.api, id, "SUCCEEDED", SECONDS);
    await ended;
    expect(attempt).toBe(2);
    const later = updates.filter((job) => job.attempt === 2).map((job) => job.step);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(5);
    await expectOneSuccess(id);
  });

  test("in each attempt fails with an error that says what to change", async () => {
    await system.startService();
    const id = await start(ENDLESS);
    for (const n of [1, 2, 3]) {
      await waitForJob(system.api, id, ({ attempt, step }) => attempt === n && step > 0, SECONDS);
      await expect.poll(() => system.jobProcesses().length, { timeout: 20_000 }).toBe(1);
      for (const pid of system.jobProcesses()) process.kill(pid, "SIGKILL");
    }
    const { attempt, error } = await waitForState(system.api, id, "FAILED", SECONDS);
    expect({ attempt, error }).toEqual({ attempt: 3, error: expect.stringContaining("smaller picture") });
  });
});

test("two concurrent cancellations cancel a job once, and the service stops running and waiting jobs within seconds", async () => {
  await system.startService();
  const running = await start(ENDLESS);
  const waiting = await start(ENDLESS);
  await waitForState(system.api, running, "RUNNING");
  await waitForState(system.api, waiting, "DISPATCHED");
  const outcomes = await Promise.all([running, running, waiting, waiting].map((id) => cancel(system.api, id)));
  for (const { __typename, job } of outcomes)
    expect({ __typename, state: job.state }).toEqual({ __typename: "JobCanceled", state: "CANCELED" });
  await expect.poll(() => system.jobProcesses(), { timeout: 8_000 }).toEqual([]);
  for (const id of [running, waiting]) {
    expect((await system.auditActions(id)).filter((action) => action === "cancelJob")).toHaveLength(1);
    expect(await readJob(system.api, id)).toMatchObject({ state: "CANCELED", result: null });
  }
  const next = await start({ steps: 3 });
  await waitForState(system.api, next, "SUCCEEDED", SECONDS);
});
