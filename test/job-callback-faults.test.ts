import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { jobIn, optimize, readJob } from "./support/jobs.ts";
import type { Passing } from "./support/relay.ts";
import { SMALL, startWhole, type Whole } from "./support/whole.ts";

/** What befalls the real job service's reports on their way to the real Worker, and the Worker while it takes them. */
const startJob = async (whole: Whole, input: Record<string, unknown> = {}) =>
  (await optimize(whole.api, { recipe: "GATYS", maxSide: 64, steps: 12, ...SMALL, ...input })).job.id;

/** The job succeeded, once, and its result is there, whole. */
async function succeedsOnce(whole: Whole, id: string): Promise<void> {
  const { result } = await jobIn(whole.api, id, "SUCCEEDED", 60);
  expect((await whole.audited(id)).filter((action) => action === "succeedJob")).toHaveLength(1);
  const response = await fetch(result!.url.replace(whole.relay.url, new URL(whole.url).origin));
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex")).toBe(result!.sha256);
  // What was being written when the Worker was killed may be on record without being there; nothing is there without being on record.
  const { objects, rows } = await whole.blobs();
  expect(rows).toEqual(expect.arrayContaining(objects));
}

async function nothingHalfWritten(whole: Whole): Promise<void> {
  const { objects, rows } = await whole.blobs();
  expect(objects).toEqual(rows);
}

const isResult = ({ method, path }: Passing) => method === "PUT" && path.endsWith("/reports/result");
const isSuccess = ({ method, path, body }: Passing) =>
  method === "POST" && path.endsWith("/reports") && body.includes('"succeeded"');

describe("on the way", () => {
  let whole: Whole;
  beforeAll(async () => {
    whole = await startWhole({ vars: { JOB_LEASE_SECONDS: "6", JOB_RETRY_SECONDS: "0.1" } });
    await whole.startService();
  });
  afterAll(() => whole.close());
  afterEach(() => {
    whole.relay.befalls = (passing) => passing.send();
  });

  test("everything that is told comes twice, and again after what was told later: it counts once", async () => {
    let before: Passing | undefined;
    const late: number[] = [];
    whole.relay.befalls = async (passing) => {
      if (!passing.path.startsWith("/jobs/")) return passing.send();
      const [answer, again] = await Promise.all([passing.send(), passing.send()]);
      expect(again.status).toBe(200);
      if (before) late.push((await before.send()).status);
      before = passing;
      return answer;
    };
    const events: string[] = [];
    const receiver = createServer((request, response) => {
      events.push(String(request.headers["webhook-id"]));
      response.writeHead(204).end();
    });
    await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
    const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const id = await startJob(whole, { webhook });
    await succeedsOnce(whole, id);
    await expect.poll(() => events, { timeout: 20_000 }).toEqual([id]);
    expect(late.length).toBeGreaterThan(3);
    expect(new Set(late)).toEqual(new Set([200]));
    const { losses, attempt } = await readJob(whole.api, id);
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(attempt).toBe(1);
    await nothingHalfWritten(whole);
    expect(events).toEqual([id]);
    receiver.close();
  });

  test("every second answer is lost, and is asked for again", async () => {
    let told = 0;
    whole.relay.befalls = async (passing) => {
      const answer = await passing.send();
      return passing.path.startsWith("/jobs/") && ++told % 2 === 1 ? "lost" : answer;
    };
    await succeedsOnce(whole, await startJob(whole));
    expect(told).toBeGreaterThan(6);
  });

  test("a picture is damaged, or breaks off: it is refused and sent again", async () => {
    let tries = 0;
    const answers: (number | "lost")[] = [];
    whole.relay.befalls = async (passing) => {
      if (!isResult(passing)) return passing.send();
      tries++;
      if (tries === 1) {
        const damaged = new Uint8Array(passing.body);
        damaged[100]! ^= 1;
        const answer = await passing.send(damaged);
        answers.push(answer.status);
        return answer;
      }
      if (tries === 2) return passing.breakOff();
      const answer = await passing.send();
      answers.push(answer.status);
      return answer;
    };
    await succeedsOnce(whole, await startJob(whole));
    expect(answers).toEqual([400, 200]);
    expect(tries).toBe(3);
    await nothingHalfWritten(whole);
  });

  test("the Worker is killed while a result comes in: it is sent again to the Worker that comes after", async () => {
    const restarted = Promise.withResolvers<void>();
    let killed = false;
    whole.relay.befalls = async (passing) => {
      if (!isResult(passing) || killed) return passing.send();
      killed = true;
      const lost = await passing.breakOff(() => whole.killWorker());
      whole.restartWorker().then(restarted.resolve, restarted.reject);
      return lost;
    };
    const id = await startJob(whole);
    await restarted.promise;
    await succeedsOnce(whole, id);
  });

  test("the Worker is killed when it has heard of the success and before it can say so: that is all there is", async () => {
    const restarted = Promise.withResolvers<void>();
    const answers: { status: number; said: string }[] = [];
    whole.relay.befalls = async (passing) => {
      const answer = await passing.send();
      if (!isSuccess(passing)) return answer;
      answers.push({ status: answer.status, said: answer.body.toString() });
      if (answers.length > 1) return answer;
      whole.killWorker();
      whole.restartWorker().then(restarted.resolve, restarted.reject);
      return "lost";
    };
    const id = await startJob(whole);
    await restarted.promise;
    await succeedsOnce(whole, id);
    // While it starts it may be answered that it is not there.
    await expect
      .poll(() => answers.slice(1).at(-1), { timeout: 20_000 })
      .toEqual({ status: 200, said: '{"stop":true}' });
  });
});

test("where R2 takes nothing at its first try, whatever is told is told again, and the job succeeds", async () => {
  const whole = await startWhole({ bundle: "crashing", vars: { JOB_LEASE_SECONDS: "60" } });
  try {
    await whole.startService();
    const refused = new Set<string>();
    whole.relay.befalls = async (passing) => {
      const answer = await passing.send();
      if (answer.status === 500) refused.add(passing.path.split("/").at(-1)!);
      return answer;
    };
    const input = { idempotencyKey: "once" };
    for (let i = 0; i < 2; i++) await expect(startJob(whole, input)).rejects.toThrow("Something went wrong");
    await succeedsOnce(whole, await startJob(whole, input));
    expect(refused).toContain("result");
    await nothingHalfWritten(whole);
  } finally {
    await whole.close();
  }
});
