import { afterAll, beforeAll, expect, test } from "vitest";
import { MAX_BODY_BYTES } from "../workers/graphql/body.ts";
import { sendChunked } from "./support/chunked.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

let worker: RunningWorker;
let key: string;
beforeAll(async () => {
  worker = await startWorker();
  ({ key } = await worker.tenant());
});
afterAll(() => worker.close());

const LIMIT_MB = MAX_BODY_BYTES / 2 ** 20;

test.for([1, 40])("a body without Content-Length that is %d MB over the limit gets 413", async (over) => {
  const answer = await sendChunked(worker.url, key, LIMIT_MB + over);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('"REQUEST_ENTITY_TOO_LARGE"');
});

test("a client that reads only after it has sent everything gets the answer to a small body", async () => {
  expect(await sendChunked(worker.url, key, 1)).toMatch(/^HTTP\/1\.1 400 /);
});
