import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Client } from "../cli/client.ts";
import { type JobService, picture, sha256, startJobService } from "./support/job-service.ts";
import { jobIn, optimize, readJob, watch } from "./support/jobs.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

/** The Worker with a job service that does what the tests tell it. */
let service: JobService;
let worker: RunningWorker;
let api: Client;
let key: string;

beforeAll(async () => {
  service = await startJobService();
  worker = await startWorker({
    vars: {
      JOB_SERVICE_URL: service.url,
      JOB_LEASE_SECONDS: "3",
      JOB_RETRY_SECONDS: "0.1",
      WEBHOOK_RETRY_SECONDS: "0.1 0.1",
      ALLOW_LOOPBACK_URLS: "true",
    },
  });
  ({ api, key } = await worker.tenant());
});
afterAll(async () => {
  await worker.close();
  await service.close();
});
beforeEach(() => {
  service.answer = () => ({ status: 202 });
});

test("a job goes from the mutation to the service, and its reports to the subscriber and to its end", async () => {
  const { __typename, job } = await optimize(api);
  expect({ __typename, state: job.state }).toEqual({ __typename: "JobStarted", state: "QUEUED" });
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { state } of watch(worker.url, key, job.id, AbortSignal.timeout(60_000))) seen.push(state);
  })();

  const attempt = await service.next(job.id);
  await jobIn(api, job.id, "DISPATCHED");
  expect(await attempt.running(1)).toEqual({ status: 200, stop: false });
  expect(await attempt.put("preview")).toEqual({ status: 200, stop: false });
  const running = await readJob(api, job.id);
  expect(running).toMatchObject({ state: "RUNNING", attempt: 1, progress: 0.1, provider: "cpu", steps: 10 });
  expect(running.preview).toMatchObject({ width: 64, height: 48, sha256: sha256(picture()) });
  expect(running.losses).toMatchObject([{ step: 1, total: 1 }]);

  const result = picture(64, 48, "image/jpeg", "crimson");
  expect(await attempt.succeed(result)).toEqual({ status: 200, stop: true });
  await watching;
  expect(seen.at(0)).toMatch(/QUEUED|DISPATCHED/);
  expect(seen).toContain("RUNNING");
  expect(seen.at(-1)).toBe("SUCCEEDED");
  const done = await readJob(api, job.id);
  expect(done).toMatchObject({ progress: 1, error: null, result: { sha256: sha256(result) } });
});
