import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { Picture } from "../imaging/picture.ts";
import { DivergedError } from "./engine/diverged.ts";
import { importNet } from "./engine/import.ts";
import type { StylizeJob } from "./jobs/stylize.ts";
import { smallNet } from "./jobs/testing/net.ts";
import { JobDiedError, JobFailedError, startJob } from "./jobs.ts";
import { stylize } from "./style/stylize.ts";

const LINUX = process.platform === "linux";
const folder = mkdtempSync(join(tmpdir(), "semblance-jobs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const network = join(folder, "small.onnx");
writeFileSync(network, smallNet());

/** A picture of stripes. */
const stripes = (width: number, height: number, period: number): Picture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => 0.5 + 0.4 * Math.sin(i / period)),
});

const REQUEST: StylizeJob = {
  network,
  content: stripes(40, 32, 9),
  paintings: [{ picture: stripes(64, 64, 2), weight: 1 }],
  recipe: "gatys",
  contentLayer: "coarse",
  styleLayers: { fine: 1, coarse: 1 },
  steps: 25,
};
/** More steps than a test waits for, so that it must cancel the job. */
const ENDLESS: StylizeJob = { ...REQUEST, steps: 100_000 };

test("a job returns the picture that the same request returns in this process, and its resource usage", async () => {
  const { result, usage } = await startJob("stylize", REQUEST);
  const expected = await stylize(importNet(smallNet()), REQUEST);
  expect(result.picture).toEqual(expected.picture);
  expect(result.losses).toEqual(expected.losses);
  expect(result.provider).toBe("cpu");
  expect(usage.cpuSeconds).toBeGreaterThan(0.1);
  expect(usage.peakRssMb).toBeGreaterThan(30);
});

test("steps are reported in order, and a checkpoint only after the next step has shown that its loss is finite", async () => {
  const reported: string[] = [];
  await startJob(
    "stylize",
    { ...REQUEST, checkpointEvery: 10, previewEvery: 20 },
    {
      onReport(report) {
        if (report.kind === "progress") reported.push(`step ${report.losses.step}`);
        else if (report.kind === "checkpoint" || report.kind === "preview")
          reported.push(`${report.kind} ${report.step}`);
      },
    },
  );
  const steps = Array.from({ length: 25 }, (_, i) => `step ${i + 1}`);
  const insertAfter = (step: string, report: string) => steps.splice(steps.indexOf(step) + 1, 0, report);
  insertAfter("step 11", "checkpoint 10");
  insertAfter("step 20", "preview 20");
  insertAfter("step 21", "checkpoint 20");
  insertAfter("step 25", "checkpoint 25");
  expect(reported).toEqual(steps);
});

test("a canceled job ends at its next step with a last checkpoint, and another job resumes from it", async () => {
  const cancel = new AbortController();
  const steps: number[] = [];
  let last: StylizeJob["resume"];
  const job = startJob("stylize", ENDLESS, {
    signal: cancel.signal,
    onReport(report) {
      if (report.kind === "checkpoint") last = { step: report.step, picture: report.state };
      if (report.kind !== "progress") return;
      steps.push(report.losses.step);
      if (report.losses.step === 3) cancel.abort(new Error("No longer wanted."));
    },
  });
  await expect(job).rejects.toThrow("No longer wanted.");
  expect(last?.step).toBe(steps.at(-1));
  expect(childrenOf(process.pid)).toEqual([]);

  const { result } = await startJob("stylize", { ...REQUEST, steps: last!.step + 2, resume: last! });
  expect(result.losses.map(({ step }) => step)).toEqual([last!.step + 1, last!.step + 2]);
});

test("a job that was canceled before its start does not start", async () => {
  const reason = new Error("Never wanted.");
  await expect(startJob("stylize", REQUEST, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test.runIf(LINUX)("a canceled job that does not end in time is killed", async () => {
  const cancel = new AbortController();
  const checkpoints: number[] = [];
  const job = startJob("stylize", ENDLESS, {
    signal: cancel.signal,
    cancelTimeoutMs: 0,
    onReport(report) {
      if (report.kind === "checkpoint") checkpoints.push(report.step);
      // Simulates a process that hangs: a stopped process receives no message.
      if (report.kind === "progress" && !cancel.signal.aborted) {
        for (const pid of childrenOf(process.pid)) process.kill(pid, "SIGSTOP");
        cancel.abort();
      }
    },
  });
  await expect(job).rejects.toMatchObject({ name: "AbortError" });
  expect(checkpoints).toEqual([]);
  expect(childrenOf(process.pid)).toEqual([]);
});

test("a job rejects with the error of its process: a loss that is not finite with its step, an operator with its name", async () => {
  const diverging = startJob("stylize", { ...REQUEST, learningRate: 1e30 });
  await expect(diverging).rejects.toThrow(DivergedError);
  await expect(diverging).rejects.toMatchObject({ step: 2 });

  const unsupported = join(folder, "unsupported.onnx");
  writeFileSync(unsupported, smallNet({ last: "Erf" }));
  const failing = startJob("stylize", { ...REQUEST, network: unsupported });
  await expect(failing).rejects.toThrow(JobFailedError);
  await expect(failing).rejects.toMatchObject({
    reason: "UnknownOperatorError",
    message: expect.stringMatching("Erf"),
  });
});

test.runIf(LINUX)("a killed process rejects with JobDiedError", async () => {
  let killed = false;
  const job = startJob("stylize", ENDLESS, {
    onReport() {
      if (!killed) for (const pid of childrenOf(process.pid)) killed = process.kill(pid, "SIGKILL");
    },
  });
  await expect(job).rejects.toThrow(JobDiedError);
  await expect(job).rejects.toThrow(/was killed \(SIGKILL\).* before the job was done/);
});

test.runIf(LINUX)("the job's process ends when its parent process is killed", async () => {
  const jobs = pathToFileURL(join(import.meta.dirname, "jobs.ts")).href;
  const request = { ...ENDLESS, content: undefined, paintings: undefined };
  const script = `
    import { startJob } from ${JSON.stringify(jobs)};
    const picture = { width: 32, height: 32, data: new Float32Array(3 * 32 * 32).map((_, i) => Math.abs(Math.sin(i))) };
    const request = ${JSON.stringify(request)};
    await startJob("stylize", { ...request, content: picture, paintings: [{ picture, weight: 1 }] }, {
      onReport: ({ kind }) => kind === "progress" && console.log("a step"),
    });`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => parent.stdout.once("data", resolve));
  const [child] = childrenOf(parent.pid!);
  expect(child).toBeGreaterThan(0);
  parent.kill("SIGKILL");
  await expect.poll(() => statusOf(child!).alive, { timeout: 10_000 }).toBe(false);
});

/** The job processes below a process, from Linux's /proc. A zombie (ended, but not yet waited for) does not count. */
function childrenOf(parent: number): number[] {
  if (!LINUX) return [];
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    const { alive, ppid, command } = statusOf(pid);
    return alive && ppid === parent && command.includes("job-process");
  });
}

function statusOf(pid: number): { alive: boolean; ppid: number; command: string } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return {
      alive: !/^State:\s+Z/m.test(status),
      ppid: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]),
      command: readFileSync(`/proc/${pid}/cmdline`, "utf8"),
    };
  } catch {
    return { alive: false, ppid: 0, command: "" };
  }
}
