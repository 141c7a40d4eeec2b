import { afterAll, beforeAll, expect, test } from "vitest";
import { DONE, picture, sha256 } from "./support/fake-job-service.ts";
import { type JobWorker, startJobWorker } from "./support/job-worker.ts";
import { readJob, startOptimization, waitForState } from "./support/jobs.ts";

/** A Worker whose R2 fails at the first write of each content. */
let jobs: JobWorker;
beforeAll(async () => {
  jobs = await startJobWorker({ JOB_LEASE_SECONDS: "600" }, "crashing");
});
afterAll(() => jobs.close());

test("if R2 fails, no job is started, and the same request starts it when R2 works again", async () => {
  const input = { idempotencyKey: "once" };
  // The first request fails at the painting, the second at the photograph.
  for (let i = 0; i < 2; i++) await expect(startOptimization(jobs.api, input)).rejects.toThrow("Something went wrong");
  expect(await jobs.query("select * from jobs")).toEqual([]);
  const { objects, rows } = await jobs.listBlobs();
  expect(objects).toEqual(rows);
  expect((await startOptimization(jobs.api, input)).__typename).toBe("JobStarted");
});

test("a result that R2 could not store leaves nothing, and the job succeeds after it was sent again", async () => {
  const { job } = await startOptimization(jobs.api);
  const attempt = await jobs.service.waitForAttempt(job.id);
  await attempt.running(9);
  const before = await jobs.listBlobs();
  const result = picture(64, 48, "image/jpeg", "olive");
  const done = { ...DONE, delivered: { kind: "optimizeStyle", result: sha256(result) } } as const;
  expect(await attempt.put("result", result, { sequence: 10 })).toMatchObject({ status: 500 });
  expect(await jobs.listBlobs()).toEqual(before);
  expect(await attempt.report(done, { sequence: 11 })).toMatchObject({ status: 422 });
  expect((await readJob(jobs.api, job.id)).state).toBe("RUNNING");
  expect(await attempt.put("result", result, { sequence: 10 })).toEqual({ status: 200, stop: false });
  expect(await attempt.report(done, { sequence: 11 })).toEqual({ status: 200, stop: true });
  expect((await waitForState(jobs.api, job.id, "SUCCEEDED")).result).toMatchObject({ sha256: sha256(result) });
});
