import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FullSystem, SMALL_NET_LAYERS, startFullSystem } from "./support/full-system.ts";
import { readJob, startOptimization, waitForState } from "./support/jobs.ts";
import type { RelayedRequest } from "./support/relay.ts";

/** Network faults between the real job service and the real Worker, and crashes of the Worker while it receives reports. */
const startJob = async (system: FullSystem, input: Record<string, unknown> = {}) =>
  (await startOptimization(system.api, { recipe: "GATYS", maxSide: 64, steps: 12, ...SMALL_NET_LAYERS, ...input })).job
    .id;

/** Expects that the job succeeded once and that its result is complete. */
async function expectOneSuccess(system: FullSystem, id: string): Promise<void> {
  const { result } = await waitForState(system.api, id, "SUCCEEDED", 60);
  expect((await system.auditActions(id)).filter((action) => action === "succeedJob")).toHaveLength(1);
  const response = await fetch(result!.url.replace(system.relay.url, new URL(system.url).origin));
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex")).toBe(result!.sha256);
  // If the Worker was killed during a write, a row can exist without its object. An object without a row must not exist.
  const { objects, rows } = await system.listBlobs();
  expect(rows).toEqual(expect.arrayContaining(objects));
}

async function expectNoPartialBlobs(system: FullSystem): Promise<void> {
  const { objects, rows } = await system.listBlobs();
  expect(objects).toEqual(rows);
}

const isResult = ({ method, path }: RelayedRequest) => method === "PUT" && path.endsWith("/reports/result");
const isSuccess = ({ method, path, body }: RelayedRequest) =>
  method === "POST" && path.endsWith("/reports") && body.includes('"succeeded"');

describe("network faults", () => {
  let system: FullSystem;
  beforeAll(async () => {
    system = await startFullSystem({ vars: { JOB_LEASE_SECONDS: "6", JOB_RETRY_SECONDS: "0.1" } });
    await system.startService();
  });
  afterAll(() => system.close());
  afterEach(() => {
    system.relay.onRequest = (relayed) => relayed.forward();
  });

  test("reports that arrive twice, and again after later ones, count once", async () => {
    let before: RelayedRequest | undefined;
    const late: number[] = [];
    system.relay.onRequest = async (relayed) => {
      if (!relayed.path.startsWith("/jobs/")) return relayed.forward();
      const [answer, again] = await Promise.all([relayed.forward(), relayed.forward()]);
      expect(again.status).toBe(200);
      if (before) late.push((await before.forward()).status);
      before = relayed;
      return answer;
    };
    const events: string[] = [];
    const receiver = createServer((request, response) => {
      events.push(String(request.headers["webhook-id"]));
      response.writeHead(204).end();
    });
    await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
    const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const id = await startJob(system, { webhook });
    await expectOneSuccess(system, id);
    await expect.poll(() => events, { timeout: 20_000 }).toEqual([id]);
    expect(late.length).toBeGreaterThan(3);
    expect(new Set(late)).toEqual(new Set([200]));
    const { losses, attempt } = await readJob(system.api, id);
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(attempt).toBe(1);
    await expectNoPartialBlobs(system);
    expect(events).toEqual([id]);
    receiver.close();
  });

  test("a report whose answer is lost is retried", async () => {
    let reportCount = 0;
    system.relay.onRequest = async (relayed) => {
      const answer = await relayed.forward();
      return relayed.path.startsWith("/jobs/") && ++reportCount % 2 === 1 ? "lost" : answer;
    };
    await expectOneSuccess(system, await startJob(system));
    expect(reportCount).toBeGreaterThan(6);
  });

  test("a damaged or truncated result is refused and sent again", async () => {
    let tries = 0;
    const answers: (number | "lost")[] = [];
    system.relay.onRequest = async (relayed) => {
      if (!isResult(relayed)) return relayed.forward();
      tries++;
      if (tries === 1) {
        const damaged = new Uint8Array(relayed.body);
        damaged[100]! ^= 1;
        const answer = await relayed.forward(damaged);
        answers.push(answer.status);
        return answer;
      }
      if (tries === 2) return relayed.abortMidway();
      const answer = await relayed.forward();
      answers.push(answer.status);
      return answer;
    };
    await expectOneSuccess(system, await startJob(system));
    expect(answers).toEqual([400, 200]);
    expect(tries).toBe(3);
    await expectNoPartialBlobs(system);
  });

  test("a result that is interrupted by a crash of the Worker is sent again after the restart", async () => {
    const restarted = Promise.withResolvers<void>();
    let killed = false;
    system.relay.onRequest = async (relayed) => {
      if (!isResult(relayed) || killed) return relayed.forward();
      killed = true;
      const lost = await relayed.abortMidway(() => system.killWorker());
      system.restartWorker().then(restarted.resolve, restarted.reject);
      return lost;
    };
    const id = await startJob(system);
    await restarted.promise;
    await expectOneSuccess(system, id);
  });

  test("a success whose answer is lost in a crash of the Worker counts once", async () => {
    const restarted = Promise.withResolvers<void>();
    const answers: { status: number; said: string }[] = [];
    system.relay.onRequest = async (relayed) => {
      const answer = await relayed.forward();
      if (!isSuccess(relayed)) return answer;
      answers.push({ status: answer.status, said: answer.body.toString() });
      if (answers.length > 1) return answer;
      system.killWorker();
      system.restartWorker().then(restarted.resolve, restarted.reject);
      return "lost";
    };
    const id = await startJob(system);
    await restarted.promise;
    await expectOneSuccess(system, id);
    // While the Worker starts, the answer can be that the job is not found.
    await expect
      .poll(() => answers.slice(1).at(-1), { timeout: 20_000 })
      .toEqual({ status: 200, said: '{"stop":true}' });
  });
});

test("if each first write to R2 fails, reports are retried and the job succeeds", async () => {
  const system = await startFullSystem({ bundle: "crashing", vars: { JOB_LEASE_SECONDS: "60" } });
  try {
    await system.startService();
    const refused = new Set<string>();
    system.relay.onRequest = async (relayed) => {
      const answer = await relayed.forward();
      if (answer.status === 500) refused.add(relayed.path.split("/").at(-1)!);
      return answer;
    };
    const input = { idempotencyKey: "once" };
    for (let i = 0; i < 2; i++) await expect(startJob(system, input)).rejects.toThrow("Something went wrong");
    await expectOneSuccess(system, await startJob(system, input));
    expect(refused).toContain("result");
    await expectNoPartialBlobs(system);
  } finally {
    await system.close();
  }
});
