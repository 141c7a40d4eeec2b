import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, createClient } from "../cli/client.ts";
import { NODE } from "./support/documents.ts";
import { picture, sha256 } from "./support/fake-job-service.ts";
import { type JobWorker, startJobWorker } from "./support/job-worker.ts";
import {
  cancel,
  content,
  type JobAnswer,
  readJob,
  startOptimization,
  startTraining,
  WATCH,
  waitForState,
  watch,
} from "./support/jobs.ts";

/** Jobs through the API of their tenant. */
let jobs: JobWorker;
let api: Client;
let other: { api: Client; key: string };

beforeAll(async () => {
  jobs = await startJobWorker({ JOB_LEASE_SECONDS: "600" });
  ({ api } = jobs);
  other = await jobs.worker.tenant();
});
afterAll(() => jobs.close());

const watching = (id: string, signal: AbortSignal = AbortSignal.timeout(60_000), key = jobs.key) =>
  watch(createClient(jobs.worker.url, key), id, signal);

async function keyWith(scope: string): Promise<string> {
  const { made } = await api.request<{ made: { secret: string } }>(
    "mutation($input: CreateApiKeyInput!) { made: createApiKey(input: $input) { ... on ApiKeyCreated { secret } } }",
    { input: { name: `${scope} ${Math.random()}`, scopes: [scope] } },
  );
  return made.secret;
}

test("a job is dispatched, its reports reach the subscriber, and it succeeds", async () => {
  const { __typename, job } = await startOptimization(api);
  expect({ __typename, state: job.state }).toEqual({ __typename: "JobStarted", state: "QUEUED" });
  const states: string[] = [];
  const watched = (async () => {
    for await (const { state } of watching(job.id)) states.push(state);
  })();

  const attempt = await jobs.service.waitForAttempt(job.id);
  await waitForState(api, job.id, "DISPATCHED");
  await expect.poll(() => states).toContain("DISPATCHED");
  expect(await attempt.running(1)).toEqual({ status: 200, stop: false });
  expect(await attempt.put("preview")).toEqual({ status: 200, stop: false });
  const running = await readJob(api, job.id);
  expect(running).toMatchObject({ state: "RUNNING", attempt: 1, progress: 0.1, provider: "cpu", steps: 10 });
  expect(running.preview).toMatchObject({ width: 64, height: 48, sha256: sha256(picture()) });
  expect(running.losses).toMatchObject([{ step: 1, total: 1 }]);
  await expect.poll(() => states).toContain("RUNNING");

  const result = picture(64, 48, "image/jpeg", "crimson");
  expect(await attempt.succeed(result)).toEqual({ status: 200, stop: true });
  await watched;
  expect(states.filter((state, i) => state !== states[i - 1]).slice(-3)).toEqual([
    "DISPATCHED",
    "RUNNING",
    "SUCCEEDED",
  ]);
  const done = await readJob(api, job.id);
  expect(done).toMatchObject({ progress: 1, error: null, result: { sha256: sha256(result) } });
  const bytes = new Uint8Array(await (await fetch(done.result!.url)).arrayBuffer());
  expect(sha256(bytes)).toBe(sha256(result));
});

describe("a subscription", () => {
  test("receives 95 % of the reports within a second", async () => {
    const { job } = await startOptimization(api);
    const attempt = await jobs.service.waitForAttempt(job.id);
    const sent = new Map<number, number>();
    const delays: number[] = [];
    const watched = (async () => {
      for await (const { state, step } of watching(job.id)) {
        for (const [earlier, at] of sent) {
          if (state !== "RUNNING" || earlier > step) continue;
          delays.push(performance.now() - at);
          sent.delete(earlier);
        }
      }
    })();
    await attempt.report({ event: "queued", step: 0, steps: 40 });
    for (let step = 1; step <= 40; step++) {
      sent.set(step, performance.now());
      await attempt.running(step, 40);
      await new Promise((later) => setTimeout(later, 50));
    }
    await attempt.succeed();
    await watched;
    const p95 = delays.sort((a, b) => a - b)[Math.floor(delays.length * 0.95)]!;
    console.log(`progress to subscriber: p50 ${delays[20]?.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`);
    expect(delays).toHaveLength(40);
    expect(p95).toBeLessThanOrEqual(1_000);
  });

  test("to a finished job sends its state and ends", async () => {
    const { job } = await startOptimization(api);
    await cancel(api, job.id);
    const seen: JobAnswer[] = [];
    for await (const one of watching(job.id)) seen.push(one);
    expect(seen.map(({ state }) => state)).toEqual(["CANCELED"]);
  });

  test("needs the scope and a job of the tenant, and has the limits of queries", async () => {
    const { job } = await startOptimization(api);
    const first = (key: string, id = job.id) => watching(id, AbortSignal.timeout(20_000), key).next();
    await expect(first(await keyWith("VERIFY"))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(first(other.key)).rejects.toThrow("There is no job");
    await expect(first("smb_wrong")).rejects.toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect((await first(await keyWith("STYLIZE"))).value).toMatchObject({ id: job.id });
    const aliases = Array.from({ length: 16 }, (_, i) => `a${i}: state`).join(" ");
    const response = await fetch(new URL("/graphql", jobs.worker.url), {
      method: "POST",
      headers: { authorization: `Bearer ${jobs.key}`, accept: "text/event-stream", "content-type": "application/json" },
      body: JSON.stringify({ query: WATCH.replace("id kind", `id kind ${aliases}`), variables: { id: job.id } }),
    });
    expect(await response.text()).toContain("TOO_MANY_ALIASES");
    await cancel(api, job.id);
  });

  test("ends when its key is revoked", async () => {
    const { job } = await startOptimization(api);
    const secret = await keyWith("STYLIZE");
    const stream = watching(job.id, AbortSignal.timeout(60_000), secret);
    await stream.next();
    const { apiKeys } = await api.request<{ apiKeys: { id: string; prefix: string }[] }>("{ apiKeys { id prefix } }");
    const { id } = apiKeys.find(({ prefix }) => secret.startsWith(prefix))!;
    await api.request("mutation($id: ID!) { revokeApiKey(id: $id) { __typename } }", { id });
    await (await jobs.service.waitForAttempt(job.id)).running(1);
    let last: IteratorResult<JobAnswer> | undefined;
    for (let i = 0; i < 10 && !last?.done; i++) last = await stream.next();
    expect(last?.done).toBe(true);
    await cancel(api, job.id);
  });
});

describe("a request to start a job", () => {
  test("with the same idempotency key starts one job, and other input is a conflict", async () => {
    const input = { idempotencyKey: "once" };
    const answers = await Promise.all([
      startOptimization(api, input),
      startOptimization(api, input),
      startOptimization(api, input),
    ]);
    const ids = new Set(answers.map(({ job }) => job.id));
    expect(ids.size).toBe(1);
    expect((await startOptimization(api, input)).job.id).toBe([...ids][0]);
    expect((await startOptimization(api, { ...input, steps: 11 })).__typename).toBe("Conflict");
    expect((await startOptimization(other.api, input)).job.id).not.toBe([...ids][0]);
    await jobs.service.waitForAttempt([...ids][0]!);
    expect(jobs.service.received.filter(({ dispatch }) => ids.has(dispatch.jobId))).toHaveLength(1);
  });

  test("is refused if a picture is invalid or a style is unknown", async () => {
    const text = { base64: Buffer.from("no picture").toString("base64") };
    expect(await startOptimization(api, { content: text })).toMatchObject({ __typename: "BadImage" });
    expect(await startOptimization(api, { styles: [{ source: { image: text } }] })).toMatchObject({
      __typename: "BadImage",
    });
    expect(await startOptimization(api, { styles: [{ source: { styleId: "none" } }] })).toMatchObject({
      __typename: "NotFound",
    });
    const small = { base64: picture(40, 80).toString("base64") };
    expect(await startTraining(api, { style: small })).toMatchObject({ __typename: "BadImage", reason: "TOO_SMALL" });
  });

  test.each([
    ["input.styles", { styles: [] }],
    ["input.styles[0].weight", { styles: [{ source: { styleId: "udnie" }, weight: 0 }] }],
    ["input.steps", { steps: 2001 }],
    ["input.maxSide", { maxSide: 63 }],
    ["input.seed", { seed: -1 }],
    ["input.contentWeight", { contentWeight: 1001 }],
    ["input.contentLayer", { contentLayer: "../../etc" }],
    ["input.deadlineSeconds", { deadlineSeconds: 59 }],
  ])("is refused and names %s if it is out of range", async (argument, input) => {
    await expect(startOptimization(api, input)).rejects.toThrow(`The argument ${argument} is not valid`);
  });

  test("passes several paintings and all settings unchanged to the job service", async () => {
    const { job } = await startOptimization(api, {
      styles: [{ source: { styleId: "udnie" }, weight: 2 }, { source: { image: content() } }],
      recipe: "GATYS",
      styleLayers: [{ layer: "mixed0", weight: 3 }],
      init: "CONTENT",
      optimizer: "ADAM",
      seed: 7,
      maxSide: 128,
    });
    const { dispatch } = await jobs.service.waitForAttempt(job.id);
    expect(dispatch.work).toMatchObject({
      settings: {
        recipe: "gatys",
        styleLayers: { mixed0: 3 },
        start: "content",
        optimizer: "adam",
        seed: 7,
        steps: 10,
        maxSide: 128,
      },
      paintings: [{ weight: 2 }, { weight: 1 }],
    });
  });
});

test("jobs are listed newest first, by page and by state, and only to their tenant", async () => {
  const mine = await jobs.worker.tenant();
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) ids.unshift((await startOptimization(mine.api)).job.id);
  await cancel(mine.api, ids[1]!);
  interface Page {
    jobs: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  }
  const list = async (client: Client, args: string) => {
    const { jobs: page } = await client.request<Page>(
      `{ jobs(${args}) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`,
    );
    return { ids: page.edges.map(({ node }) => node.id), ...page.pageInfo };
  };
  const first = await list(mine.api, "first: 2");
  expect(first).toMatchObject({ ids: ids.slice(0, 2), hasNextPage: true });
  expect(await list(mine.api, `first: 2, after: "${first.endCursor}"`)).toMatchObject({
    ids: ids.slice(2),
    hasNextPage: false,
  });
  expect((await list(mine.api, "state: CANCELED")).ids).toEqual([ids[1]]);
  expect((await list(other.api, "first: 100")).ids).not.toContain(ids[0]);
  expect(await readJob(other.api, ids[0]!)).toBeNull();
  expect(await cancel(other.api, ids[0]!)).toMatchObject({ __typename: "NotFound" });
  const { node } = await mine.api.request<{ node: unknown }>(NODE, { id: ids[0] });
  expect(node).toMatchObject({ __typename: "Job", id: ids[0] });
  const manager = createClient(jobs.worker.url, await keyWith("MANAGE"));
  expect((await manager.request<{ node: unknown }>(NODE, { id: ids[0] })).node).toBeNull();
});
