import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processesBelow } from "../bench/processes.ts";
import { type Client, createClient } from "../cli/client.ts";
import { ROOT } from "../cli/state.ts";
import { readJob, startOptimization, waitForJob, waitForState } from "./support/jobs.ts";
import { freePort } from "./support/ports.ts";

/** The Worker and the job service as `npm run dev` runs them: separate processes with one state folder, ended by real signals. */
interface DevServer {
  url: string;
  api: Client;
  process: ChildProcess;
  ended: Promise<unknown>;
}

const LEASE_SECONDS = 4;
const LIMIT_MS = 300_000;
let state: string;
let port: number;
let dev: DevServer | undefined;

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), "semblance-restart-"));
  port = await freePort();
});
afterEach(async () => {
  if (dev) await killAll(dev);
  dev = undefined;
  rmSync(state, { recursive: true, force: true });
});

async function startDev(): Promise<DevServer> {
  const program = resolve(ROOT, "test/support/dev-server.ts");
  const child = spawn(process.execPath, [program, String(port), state, String(LEASE_SECONDS)], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: LIMIT_MS,
  });
  const ended = new Promise((end) => child.once("exit", end));
  const ready = await new Promise<string>((line, failed) => {
    createInterface(child.stdout!).on("line", (text) => text.startsWith("ready ") && line(text));
    void ended.then((code) => failed(new Error(`The server ended with ${code}.`)));
  });
  const [, url = "", key = ""] = /^ready (\S+) key=(\S+)$/.exec(ready) ?? [];
  return { url, api: createClient(url, key), process: child, ended };
}

/** Ctrl-C: the program ends all processes that it has started. */
async function interrupt({ process: child, ended }: DevServer): Promise<void> {
  child.kill("SIGINT");
  await ended;
}

/** Kills the program, wrangler, workerd, the job service and its jobs with SIGKILL, as a power failure would. */
async function killAll({ process: child, ended }: DevServer): Promise<void> {
  for (const pid of processesBelow(child.pid!, "")) process.kill(pid, "SIGKILL");
  child.kill("SIGKILL");
  await ended;
}

/** Runs the schedule, as `cli/server.ts` does each minute. */
const runSchedule = ({ url }: DevServer) =>
  fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent("* * * * *")}`);

const WAYS_TO_STOP: [string, (dev: DevServer) => Promise<void>][] = [
  ["Ctrl-C", interrupt],
  ["SIGKILL of all processes", killAll],
];

test.each(WAYS_TO_STOP)(
  "after %s and a restart an unfinished job continues and succeeds",
  async (_, end) => {
    dev = await startDev();
    const { job } = await startOptimization(dev.api, { recipe: "GATYS", maxSide: 128, steps: 120 });
    await waitForJob(dev.api, job.id, ({ state, step }) => state === "RUNNING" && step > 5, 60);
    await end(dev);
    dev = await startDev();
    await expect
      .poll(
        async () => {
          await runSchedule(dev!);
          return (await readJob(dev!.api, job.id)).state;
        },
        { timeout: 120_000, interval: 1_000 },
      )
      .toBe("SUCCEEDED");
    expect((await readJob(dev.api, job.id)).attempt).toBeGreaterThan(1);
  },
  LIMIT_MS,
);

test.each(WAYS_TO_STOP)(
  "after %s and a restart a pending webhook is delivered",
  async (_, end) => {
    const calls: string[] = [];
    const receiver = createServer((request, response) => {
      calls.push(String(request.headers["webhook-id"]));
      response.writeHead(204).end();
    });
    const receiverPort = await freePort();
    dev = await startDev();
    const webhook = `http://127.0.0.1:${receiverPort}/`;
    const { job } = await startOptimization(dev.api, { recipe: "GATYS", maxSide: 64, steps: 1, webhook });
    await waitForState(dev.api, job.id, "SUCCEEDED", 60);
    const { webhookError } = await waitForJob(dev.api, job.id, (present) => present.webhookError !== null);
    expect(webhookError).toMatch(/could not be reached/);
    await end(dev);
    await new Promise<void>((listening) => receiver.listen(receiverPort, "127.0.0.1", listening));
    try {
      dev = await startDev();
      await expect
        .poll(
          async () => {
            await runSchedule(dev!);
            return (await readJob(dev!.api, job.id)).webhookDeliveredAt;
          },
          { timeout: 120_000, interval: 1_000 },
        )
        .not.toBeNull();
      expect(calls).toEqual([job.id]);
    } finally {
      await new Promise((closed) => receiver.close(closed));
    }
  },
  LIMIT_MS,
);
