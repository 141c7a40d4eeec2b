import { type ChildProcess, execFile, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decoded } from "../cli/pictures.ts";
import { ROOT } from "../cli/state.ts";
import { type FullSystem, REAL_NET, startFullSystem } from "./support/full-system.ts";
import { cancel, startOptimization } from "./support/jobs.ts";
import { freePort } from "./support/ports.ts";

/** Runs the commands and the code of README.md. */
const README = readFileSync(resolve(ROOT, "README.md"), "utf8");
const SECTION = README.split(/^## /m).find((section) => section.startsWith("Style transfer with the API"))!;
const block = (language: string) => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(SECTION)![1]!;
const GQL = /^gql\(\).*$/m.exec(README)![0];

const LIMIT_MS = 100_000;
const folder = mkdtempSync(join(tmpdir(), "semblance-readme-"));
let system: FullSystem;
let receiver: ChildProcess | undefined;

beforeAll(async () => {
  system = await startFullSystem({ service: { SEMBLANCE_LOSS_NET: REAL_NET } });
  await system.startService();
});
afterAll(async () => {
  receiver?.kill("SIGKILL");
  await system.close();
  rmSync(folder, { recursive: true });
});

test("the commands stylize at once, fetch the picture, start a job, follow it to its end, and list it", async () => {
  copyFileSync(resolve(ROOT, "test/fixtures/photos/content/rocket.jpg"), join(folder, "photo.jpg"));
  const script = ["set -euo pipefail", GQL, block("sh"), 'echo; echo "$JOB"'].join("\n");
  const env = { ...process.env, API: new URL("/graphql", system.url).href, KEY: system.key };
  const { stdout } = await promisify(execFile)("bash", ["-c", script], { cwd: folder, env, timeout: LIMIT_MS });

  const painted = await decoded("painted.jpg", readFileSync(join(folder, "painted.jpg")));
  expect(Math.max(painted.width, painted.height)).toBe(512);
  const lines = stdout.trim().split("\n");
  const job = lines.at(-1)!;
  const states = [...stdout.matchAll(/^data: .*"jobUpdated":\{"state":"(\w+)"/gm)].map(([, state]) => state!);
  expect(states).toEqual(expect.arrayContaining(["RUNNING", "SUCCEEDED"]));
  expect(stdout).toMatch(/^event: complete$/m);
  const listed = JSON.parse(lines.find((line) => line.startsWith('{"data":{"jobs"'))!);
  expect(listed.data.jobs.edges).toEqual([
    { node: { id: job, state: "SUCCEEDED", error: null, result: { url: expect.stringMatching(/^http/) } } },
  ]);
});

test("the webhook receiver accepts requests of the Worker and rejects forged ones", async () => {
  const { viewer } = await system.api.request<{ viewer: { tenant: { webhookSecret: string } } }>(
    "{ viewer { tenant { webhookSecret } } }",
  );
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  receiver = spawn(process.execPath, ["--input-type=module"], {
    cwd: ROOT,
    env: { ...process.env, WEBHOOK_SECRET: viewer.tenant.webhookSecret, PORT: String(port) },
    stdio: ["pipe", "pipe", "inherit"],
    timeout: LIMIT_MS,
  });
  receiver.stdin!.end(block("js"));
  const printed: string[] = [];
  createInterface(receiver.stdout!).on("line", (line) => printed.push(line));
  const forged = () =>
    fetch(address, { method: "POST", body: "{}" })
      .then(({ status }) => status)
      .catch(() => 0);
  await expect.poll(forged, { timeout: 20_000 }).toBe(401);

  const { job } = await startOptimization(system.api, { webhook: address, steps: 2_000 });
  await cancel(system.api, job.id);
  await expect.poll(() => printed, { timeout: 30_000 }).toEqual([`job.canceled ${job.id} CANCELED`]);
});
