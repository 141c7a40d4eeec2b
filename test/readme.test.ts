import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
const block = (heading: string, language: string) => {
  const section = README.split(/^## /m).find((text) => text.startsWith(`${heading}\n`))!;
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(section)![1]!;
};
const FACES = block("Recipes", "sh");
const STYLES = block("Style transfer with the API", "sh");
const RECEIVER = block("Style transfer with the API", "js");

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

/** Runs commands of the README as they stand, with the repository's photographs and another server. */
async function paste(...commands: string[]): Promise<string> {
  symlinkSync(resolve(ROOT, "test"), join(folder, "test"));
  mkdirSync(join(folder, ".semblance/state"), { recursive: true });
  writeFileSync(join(folder, ".semblance/state/local.key"), system.key);
  const script = ["set -euo pipefail", ...commands]
    .join("\n")
    .replace("http://127.0.0.1:8787/graphql", new URL("/graphql", system.url).href);
  try {
    const { stdout } = await promisify(execFile)("bash", ["-c", script], { cwd: folder, timeout: LIMIT_MS });
    return stdout;
  } finally {
    rmSync(join(folder, "test"));
  }
}

test("the recipes enroll a photograph, verify another one of the same person, and identify him among his crew", async () => {
  const lines = (await paste(FACES)).trim().split("\n");
  const [verified, identified] = lines.filter(Boolean).map((line) => JSON.parse(line).data);
  expect(verified.verify).toMatchObject({ decision: "MATCH", distance: expect.any(Number) });
  const faces: { outcome: string; candidates: { subject: { name: string } }[] }[] = identified.identify.faces;
  expect(faces.map(({ outcome }) => outcome).sort()).toEqual(["IDENTIFIED", "NOBODY", "NOBODY"]);
  expect(faces.flatMap(({ candidates }) => candidates.map(({ subject }) => subject.name))).toEqual(["Neil Armstrong"]);
});

test("the commands stylize at once, fetch the picture, start a job, follow it to its end, and list it", async () => {
  const variables = FACES.split("\n\n")[0]!;
  const stdout = await paste(variables, STYLES, 'echo; echo "$JOB"');

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
  receiver.stdin!.end(RECEIVER);
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
